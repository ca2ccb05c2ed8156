// Who of the agents of an analysis does what, out of the steps of its task. Specialists are tools of the planner
// (worker/pipelines/portfolio-analysis/agents.ts), so all that one of them does has the key of that call as its scope:
//   tool:/<callId> invoke_reporter ─▶ model:/<callId>:<n> · tool:/<callId>/<callId of its own>

import type { TaskView } from '../../../../shared/client/watch-task.ts'
import type { Step } from '../../../../shared/deltas.ts'
import { type AgentTask, isFinished } from '../../../../shared/task.ts'
import { counted } from '../../words/number-words.ts'

/** An agent and what it does; `failed` has ended without a result, `stopped` was cut off, `unneeded` was not asked. */
export type Lane = {
  name: 'Tagger' | 'Reporter' | 'Charter' | 'Retirement' | 'Planner'
  state: 'waiting' | 'working' | 'done' | 'failed' | 'stopped' | 'unneeded'
  /** What it does just now, or what came of it. */
  doing: string
  /** What it writes just now. */
  text: string
  /** When it began, as far as that is known. */
  startedAt: string | undefined
  /** How long it took, once it has ended. */
  seconds: number | undefined
}

type Happened = { task: AgentTask } & Pick<TaskView, 'steps' | 'pieces'>
type Specialist = 'Reporter' | 'Charter' | 'Retirement'

const calls: Record<Specialist, string> = {
  Reporter: 'invoke_reporter',
  Charter: 'invoke_charter',
  Retirement: 'invoke_retirement',
}
const specialists = Object.keys(calls) as Specialist[]

/** The agents of an analysis; the tagger only where there is something to classify. */
export function lanesOf(happened: Happened): Lane[] {
  const tagger = taggerLane(happened)
  return [
    ...(tagger ? [tagger] : []),
    ...specialists.map(name => specialistLane(name, happened)),
    plannerLane(happened),
  ]
}

function specialistLane(name: Specialist, { task, steps, pieces }: Happened): Lane {
  const call = steps.findLast(step => step.kind === 'tool' && step.name === calls[name])
  if (!call) {
    const othersAre = steps.some(step => Object.values(calls).includes(step.name))
    if (othersAre) return idle(name, 'unneeded', 'Is not needed for this.')
    if (isFinished(task.status)) return idle(name, 'unneeded', 'It did not come to that.')
    return idle(name, 'waiting', 'Waits for the planner.')
  }
  const scope = call.key.slice('tool:'.length)
  const within = steps.filter(({ key }) => key.startsWith(`tool:${scope}/`))
  const base = { name, text: '', startedAt: call.started_at, seconds: call.seconds }
  if (call.status === 'done') return { ...base, ...outcome(name, call, within) }
  if (task.status !== 'processing') return { ...base, ...interrupted(task) }
  const text = pieces.findLast(piece => piece.key.startsWith(`model:${scope}:`) && piece.text)?.text ?? ''
  return { ...base, state: 'working', text, doing: workOf(name, within, text) }
}

/** What is stored counts, whatever the agent said in the end. */
function outcome(name: Specialist, call: Step, within: Step[]): Pick<Lane, 'state' | 'doing'> {
  const charts = chartsIn(within)
  if (name === 'Charter' && charts > 0) return { state: 'done', doing: `${counted(charts, 'chart')} drawn.` }
  if (within.some(step => step.name === 'keep_payload' && step.status === 'done')) {
    return { state: 'done', doing: name === 'Reporter' ? 'The report is written.' : 'The projection is explained.' }
  }
  return { state: 'failed', doing: typeof call.output === 'string' && call.output ? call.output : 'Did not answer.' }
}

const beginnings: Record<Specialist, string> = {
  Reporter: 'Reads the numbers',
  Charter: 'Chooses charts',
  Retirement: 'Reads the projection',
}

function workOf(name: Specialist, within: Step[], text: string): string {
  const running = within.findLast(step => step.status === 'started')
  if (running) return toolWords(running)
  const charts = chartsIn(within)
  if (charts > 0) return `${counted(charts, 'chart')} drawn so far`
  return text ? `Writes, ${counted(text.split(/\s+/).length, 'word')} so far` : beginnings[name]
}

function chartsIn(steps: Step[]): number {
  const drawn = steps.filter(
    ({ name, status, output }) => name === 'create_chart' && status === 'done' && !hasError(output),
  )
  return new Set(drawn.map(step => String(inputOf(step, 'position')))).size
}

function toolWords(step: Step): string {
  if (step.name === 'get_market_insights') return `Looks up “${inputOf(step, 'query')}”`
  if (step.name === 'create_chart') return `Draws “${inputOf(step, 'title')}”`
  return step.name === 'keep_payload' ? 'Stores it' : step.name
}

function plannerLane({ task, steps }: Happened): Lane {
  const begin = steps.find(({ name }) => name === 'begin_analysis')
  const base = { name: 'Planner', text: '', startedAt: begin?.started_at, seconds: undefined } as const
  if (task.status === 'completed') return { ...base, state: 'done', doing: 'Summed it up.' }
  if (isFinished(task.status)) return { ...base, ...interrupted(task) }
  if (!begin || task.status !== 'processing') return idle('Planner', 'waiting', 'Waits for the numbers.')
  const asked = specialists.filter(name => steps.some(step => step.name === calls[name]))
  const open = asked.filter(name => steps.some(step => step.name === calls[name] && step.status === 'started'))
  const doing =
    asked.length === 0 ? 'Decides whom to ask' : open.length > 0 ? `Waits for ${open.join(', ')}` : 'Sums it up'
  return { ...base, state: 'working', doing }
}

function taggerLane({ task, steps }: Happened): Lane | null {
  const calls = steps.filter(({ key }) => key.startsWith('model:tagger-'))
  const tagged = steps.filter(({ name, status }) => name === 'tag_instruments' && status === 'done')
  const saysSo = task.status === 'processing' && task.progress?.text?.startsWith('Classifying ')
  if (calls.length === 0 && tagged.length === 0 && !saysSo) return null
  const seconds = calls.reduce((sum, call) => sum + (call.seconds ?? 0), 0)
  const base = { name: 'Tagger', text: '', startedAt: undefined, seconds } as const
  if (steps.some(({ name }) => name === 'begin_analysis')) {
    const symbols = tagged.flatMap(({ output }) => (Array.isArray(output) ? output : []))
    return { ...base, state: 'done', doing: symbols.length > 0 ? `Classified ${symbols.join(', ')}.` : 'Was done.' }
  }
  if (task.status !== 'processing') return { ...base, ...interrupted(task) }
  return { ...base, seconds: undefined, state: 'working', doing: task.progress?.text ?? 'Classifies' }
}

function interrupted({ status }: AgentTask): Pick<Lane, 'state' | 'doing'> {
  return isFinished(status)
    ? { state: 'stopped', doing: 'Did not get to finish.' }
    : { state: 'waiting', doing: 'Goes on as soon as there is a worker.' }
}

function idle(name: Lane['name'], state: Lane['state'], doing: string): Lane {
  return { name, state, doing, text: '', startedAt: undefined, seconds: undefined }
}

function inputOf({ input }: Step, field: string): unknown {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input[field] : undefined
}

function hasError(output: unknown): boolean {
  return typeof output === 'object' && output !== null && 'error' in output
}
