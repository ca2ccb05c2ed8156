import { isMainText } from '../../../shared/deltas.ts'
import type { Call } from '../../../supabase/local/brain/calls.ts'
import type { Ended } from './round.ts'

const TWICE_AT_MOST = ['choose', 'judge', 'look_up', 'survey', 'measure', 'blast', 'pay', 'sign']
const UNKNOWN = 'It is not known whether this call had its effect'

/** What does not fit the promise, in words, compared with a task that nothing happened to. */
export function breachesOf(ended: Ended, clean: Ended, log: readonly Call[]): string[] {
  return [
    ...ofAnswer(ended, clean),
    ...ofEffects(ended, clean),
    ...ofJournal(ended, clean),
    ...ofModelCalls(ended, clean, log),
    ...ofStream(ended),
    ...ofApprovals(ended, clean),
    ...ofSession(ended, clean),
  ]
}

/** What helps to find out. */
export function wordsOf({ id, order, deaths, problems }: Ended): string {
  return [`task ${id}, order ${order}, ${deaths} deaths`, ...problems].join('\n')
}

function* ofAnswer(ended: Ended, clean: Ended): Iterable<string> {
  if (ended.status !== 'completed') yield `It ended as ${ended.status}.`
  if (ended.problems.length > 0) yield 'An attempt failed.'
  const told = withoutOrder(ended).replace(/charge: [^;]*/, 'charge: …')
  if (told !== withoutOrder(clean).replace(/charge: [^;]*/, 'charge: …')) yield `It answered otherwise: ${told}`
}

function withoutOrder({ response, order }: Ended): string {
  return JSON.stringify(response).replaceAll(order, '#')
}

function* ofEffects(ended: Ended, clean: Ended): Iterable<string> {
  const count = ({ effects }: Ended, name: string) => effects.filter(each => each.name === name).length
  for (const name of TWICE_AT_MOST) {
    const [n, usual] = [count(ended, name), count(clean, name)]
    if (n < usual) yield `${name} was done ${n} times only.`
    if (n > usual + ended.deaths) yield `${name} was done ${n} times.`
    if (callsOf(ended, name) !== callsOf(clean, name)) yield `${name} was done for other calls.`
  }
  const isUnknown = JSON.stringify(ended.response).includes(UNKNOWN)
  const charged = count(ended, 'charge')
  if (charged > 1) yield `charge was done ${charged} times, and must not be repeated.`
  if (charged === 0 && !isUnknown) yield 'charge was not done, and nobody was told.'
  if (isUnknown && ended.deaths === 0) yield 'charge is not known to be done, and nobody died.'
  const again = ended.approvals.some(({ key }) => key.startsWith('again:'))
  if (count(ended, 'sign') > 1 && !again) yield 'sign was done again without asking.'
  if (ended.notes.length !== 1) yield `leave_note was done ${ended.notes.length} times.`
  if (ended.notes.some(({ user_id }) => user_id !== ended.user)) yield 'leave_note was not done by the user.'
}

/** Of how many different calls. A repetition has the same id. */
function callsOf({ effects }: Ended, name: string): number {
  return new Set(effects.filter(each => each.name === name).map(each => each.call_id)).size
}

function* ofJournal(ended: Ended, clean: Ended): Iterable<string> {
  const own = ({ steps }: Ended) => steps.filter(({ key }) => !key.startsWith('again:'))
  const shape = (each: Ended) =>
    own(each)
      .map(({ kind, name, status }) => `${kind} ${name} ${status}`)
      .sort()
  const [now, usual] = [shape(ended), shape(clean)]
  if (JSON.stringify(now) !== JSON.stringify(usual)) yield `The journal has ${now.join(', ')}.`
  const models = ended.steps.filter(({ kind }) => kind === 'model')
  const tokens = models.reduce((sum, step) => sum + Number(step.tokens), 0)
  if (ended.usedTokens !== tokens) yield `${ended.usedTokens} tokens are counted, and ${tokens} journalled.`
  if (ended.usedRequests !== models.length)
    yield `${ended.usedRequests} requests are counted, ${models.length} journalled.`
}

function* ofModelCalls(ended: Ended, clean: Ended, log: readonly Call[]): Iterable<string> {
  const calls = ({ order }: Ended) =>
    log.filter(({ prompt }) => prompt.includes(`${order}.`) || prompt.includes(`${order} `))
  const [n, usual] = [calls(ended).length, calls(clean).length]
  // One death can cut off the calls of the two runs, and of both agents that are asked at once.
  if (n > usual + 2 * ended.deaths) yield `${n} model calls were made instead of ${usual}.`
  const repeats = n - new Set(calls(ended).map(({ state }) => state)).size
  if (repeats > 2 * ended.deaths) yield `${repeats} model calls were repeated.`
}

function* ofStream({ deltas, steps, response }: Ended): Iterable<string> {
  if (deltas.some(({ seq }, index) => seq !== index + 1)) yield 'The stream has gaps.'
  const texts = new Map<string, string>()
  for (const { kind, step_key, data } of deltas) {
    if (kind === 'text') texts.set(step_key, (texts.get(step_key) ?? '') + data.text)
    if (kind === 'reset') texts.delete(step_key)
  }
  for (const { key, kind, output } of steps) {
    if (kind !== 'model') continue
    const said = textOf(output)
    if ((texts.get(key) ?? '') !== said) yield `The stream has "${texts.get(key)}" for ${key}, the journal "${said}".`
  }
  const last = [...texts].filter(([key]) => isMainText(key)).at(-1)?.[1]
  if (last !== response?.answer) yield `The stream ends with "${last}".`
}

type Output = { output: { type: string; content?: { text?: string }[] }[] }

function textOf(output: Output): string {
  return output.output
    .filter(({ type }) => type === 'message')
    .flatMap(({ content = [] }) => content.map(({ text = '' }) => text))
    .join('')
}

function* ofApprovals(ended: Ended, clean: Ended): Iterable<string> {
  const first = ({ approvals }: Ended) => approvals.filter(({ key }) => !key.startsWith('again:'))
  if (first(ended).length !== first(clean).length) yield `${first(ended).length} questions were asked.`
  if (ended.approvals.length - first(ended).length > ended.deaths) yield 'It was asked again too often.'
  if (ended.approvals.some(({ status }) => status !== 'approved')) yield 'A question was left open.'
}

function* ofSession(ended: Ended, clean: Ended): Iterable<string> {
  const shape = ({ session }: Ended) => session.map(({ type, role }) => `${type} ${role ?? ''}`).join(', ')
  if (shape(ended) !== shape(clean)) yield `The session has ${shape(ended)}.`
}
