import { describe, expect, it } from 'vitest'
import type { Step } from '../../shared/deltas.ts'
import type { AgentTask } from '../../shared/task.ts'
import { type Lane, lanesOf } from '../../web/src/components/portfolio/lanes-of.ts'
import { aTask } from '../shared/a-task.ts'

const call = (key: string, name: string, more: Partial<Step> = {}): Step => ({
  key: `tool:${key}`,
  kind: 'tool',
  agent: 'Planner',
  name,
  status: 'done',
  ...more,
})
const begun = call('/own:begin_analysis:1', 'begin_analysis')
const asked = [
  call('/r', 'invoke_reporter', { status: 'started' }),
  call('/c', 'invoke_charter', { status: 'started' }),
]
const drawn = (position: number, more: Partial<Step> = {}) =>
  call(`/c/${position}`, 'create_chart', { input: { position, title: `Chart ${position}` }, output: {}, ...more })

type Given = { task?: Partial<AgentTask>; steps?: Step[]; pieces?: { key: string; text: string }[] }

function lanes({ task, steps = [], pieces = [] }: Given) {
  const found = lanesOf({ task: aTask({ status: 'processing', attempt: 1, ...task }), steps, pieces })
  return Object.fromEntries(found.map(lane => [lane.name, lane])) as Record<Lane['name'], Lane>
}

describe('the tagger', () => {
  it('has no lane when everything is classified', () => {
    expect(lanes({ steps: [begun] }).Tagger).toBeUndefined()
  })

  it('is at work while the task says that it classifies', () => {
    expect(lanes({ task: { progress: { text: 'Classifying SUNX' } } }).Tagger).toMatchObject({
      state: 'working',
      doing: 'Classifying SUNX',
    })
  })

  it('is done when the analysis has begun, and names what it classified', () => {
    const tagged = call('/own:tag_instruments:tagger-1', 'tag_instruments', { output: ['SUNX', 'MOON'] })
    expect(lanes({ steps: [tagged, begun] }).Tagger).toMatchObject({ state: 'done', doing: 'Classified SUNX, MOON.' })
  })
})

describe('a specialist', () => {
  it('waits until it is asked, and was not asked when others were', () => {
    expect(lanes({ steps: [begun] }).Retirement.state).toBe('waiting')
    expect(lanes({ steps: [begun, ...asked] }).Retirement.state).toBe('unneeded')
  })

  it('that writes shows its own text and no other’s', () => {
    const pieces = [
      { key: 'model:/r:0', text: '' },
      { key: 'model:/r:1', text: 'Two words' },
      { key: 'model:/rest:0', text: 'Of somebody else' },
    ]
    expect(lanes({ steps: [begun, ...asked], pieces }).Reporter).toMatchObject({
      state: 'working',
      doing: 'Writes, 2 words so far',
      text: 'Two words',
    })
  })

  it('that uses a tool says which', () => {
    const search = call('/r/1', 'get_market_insights', { status: 'started', input: { query: 'bond yields' } })
    expect(lanes({ steps: [begun, ...asked, search] }).Reporter.doing).toBe('Looks up “bond yields”')
  })

  it('that has stored its part is done', () => {
    const steps = [begun, call('/r', 'invoke_reporter', { seconds: 4 }), call('/r/own:keep_payload', 'keep_payload')]
    expect(lanes({ steps }).Reporter).toMatchObject({ state: 'done', seconds: 4, text: '' })
  })

  it('that has stored nothing has no result, and says why', () => {
    const steps = [begun, call('/r', 'invoke_reporter', { output: 'No answer came within 300 s.' })]
    expect(lanes({ steps }).Reporter).toMatchObject({ state: 'failed', doing: 'No answer came within 300 s.' })
  })

  it('counts charts once for each place, and refused ones not at all', () => {
    const refused = drawn(3, { output: { error: 'It adds up to 90.' } })
    const again = { ...drawn(1), key: 'tool:/c/again' }
    const steps = [begun, call('/c', 'invoke_charter'), drawn(1), again, drawn(2), refused]
    expect(lanes({ steps }).Charter).toMatchObject({ state: 'done', doing: '2 charts drawn.' })
  })

  it('that was cut off is stopped, and waits while another attempt is to come', () => {
    const steps = [begun, ...asked]
    expect(lanes({ task: { status: 'cancelled' }, steps }).Reporter.state).toBe('stopped')
    expect(lanes({ task: { status: 'scheduled' }, steps }).Reporter.state).toBe('waiting')
  })
})

describe('the planner', () => {
  it.each([
    ['decides first', [begun], 'Decides whom to ask'],
    ['waits for those whom it asked', [begun, ...asked], 'Waits for Reporter, Charter'],
    ['sums up when all have answered', [begun, call('/r', 'invoke_reporter')], 'Sums it up'],
  ])('%s', (_what, steps, doing) => {
    expect(lanes({ steps }).Planner).toMatchObject({ state: 'working', doing })
  })

  it('ends with its task', () => {
    expect(lanes({ task: { status: 'completed' }, steps: [begun] }).Planner.state).toBe('done')
    expect(lanes({ task: { status: 'failed' }, steps: [begun] }).Planner.state).toBe('stopped')
  })
})
