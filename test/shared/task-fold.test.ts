import { describe, expect, test } from 'vitest'
import { emptyFold, foldDeltas, foldRecord, foldSnapshot, isBehind, textOf } from '../../shared/client/task-fold.ts'
import type { Delta, Step } from '../../shared/deltas.ts'
import { aTask } from './a-task.ts'

const text = (seq: number, words: string, step_key = 'model::1'): Delta => ({
  seq,
  kind: 'text',
  step_key,
  data: { text: words },
})
const reset = (seq: number, step_key = 'model::1'): Delta => ({ seq, kind: 'reset', step_key, data: {} })
const stepDelta = (seq: number, data: Step): Delta => ({ seq, kind: 'step', step_key: data.key, data })
const clock: Step = { key: 'tool:/1', kind: 'tool', agent: 'Helper', name: 'now', status: 'started', input: {} }

const running = foldSnapshot(emptyFold, {
  task: aTask({ version: 2, status: 'processing' }),
  steps: [],
  deltas: [],
  approvals: [],
})
const stream = [text(1, 'The '), text(2, 'time '), text(3, 'is '), text(4, 'noon.')]

// A small generator of its own seed, so that a failing case can be run again.
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state
  }
  return items
    .map(item => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

describe('the stream', () => {
  test('reads the same in any order and with repeats', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const arrivals = shuffled([...stream, ...stream, ...stream], seed)
      const fold = arrivals.reduce((known, delta) => foldDeltas(known, { life: 1, deltas: [delta] }), running)
      expect(textOf(fold), `seed ${seed}`).toBe('The time is noon.')
      expect(fold, `seed ${seed}`).toMatchObject({ seq: 4, ahead: [] })
    }
  })

  test('reads the same from a snapshot, from the broadcast and from any mix of the two', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const heard = foldDeltas(running, { life: 1, deltas: stream.slice(cut) })
      const task = aTask({ version: 2, status: 'processing' })
      expect(textOf(foldSnapshot(heard, { task, steps: [], deltas: stream.slice(0, cut), approvals: [] }))).toBe(
        'The time is noon.',
      )
    }
  })

  test('knows a gap, shows nothing from behind it, and closes it with what was missing', () => {
    const gap = foldDeltas(running, { life: 1, deltas: [text(1, 'The '), text(3, 'is ')] })
    expect(isBehind(gap)).toBe(true)
    expect(textOf(gap)).toBe('The ')
    const closed = foldDeltas(gap, { life: 1, deltas: [text(2, 'time ')] })
    expect(isBehind(closed)).toBe(false)
    expect(textOf(closed)).toBe('The time is ')
  })

  test('withdraws the text of the step that is made anew, and of no other', () => {
    const deltas = [text(1, 'Kept.'), text(2, 'Wrong', 'model::2'), reset(3, 'model::2'), text(4, 'Right.', 'model::2')]
    expect(textOf(foldDeltas(running, { life: 1, deltas: deltas.slice(0, 3) }))).toBe('Kept.')
    expect(textOf(foldDeltas(running, { life: 1, deltas }))).toBe('Kept.\n\nRight.')
  })

  test('leaves the word to the final answer', () => {
    const fold = foldDeltas(running, { life: 1, deltas: stream })
    const done = foldRecord(fold, aTask({ version: 3, status: 'completed', response_payload: { answer: 'Noon.' } }))
    expect(textOf(done)).toBe('Noon.')
  })

  test('says who is at work', () => {
    const deltas: Delta[] = [{ seq: 1, kind: 'agent', step_key: '', data: { name: 'Writer' } }]
    expect(foldDeltas(running, { life: 1, deltas }).agent).toBe('Writer')
  })
})

describe('steps', () => {
  test('are there once, in the order in which they began, and keep what they were asked', () => {
    const done: Step = { key: clock.key, kind: 'tool', agent: 'Helper', name: 'now', status: 'done', output: 'noon' }
    const other: Step = { ...clock, key: 'tool:/2' }
    const fold = foldDeltas(running, {
      life: 1,
      deltas: [stepDelta(1, clock), stepDelta(2, other), stepDelta(3, done)],
    })
    expect(fold.steps).toEqual([{ ...clock, ...done }, other])
  })

  test('that are done stay done when the news of their start comes late', () => {
    const done: Step = { ...clock, status: 'done', output: 'noon' }
    const read = foldSnapshot(running, {
      task: aTask({ version: 2, status: 'processing' }),
      steps: [done],
      deltas: [],
      approvals: [],
    })
    expect(foldDeltas(read, { life: 1, deltas: [stepDelta(1, clock)] }).steps).toEqual([done])
  })
})

test('the journal has the last word about a step, whichever way it came first', () => {
  const short: Step = { ...clock, status: 'done', output: 'no…' }
  const whole: Step = { ...clock, status: 'done', output: 'noon' }
  const snapshot = {
    task: aTask({ version: 2, status: 'processing' }),
    steps: [whole],
    deltas: [stepDelta(1, short)],
    approvals: [],
  }
  expect(foldSnapshot(running, snapshot).steps).toEqual([whole])
  const read = foldSnapshot(running, { ...snapshot, deltas: [] })
  expect(foldDeltas(read, { life: 1, deltas: [stepDelta(1, short)] }).steps).toEqual([whole])
})

describe('a new life', () => {
  const firstLife = foldDeltas(running, { life: 1, deltas: [...stream, stepDelta(5, clock)] })

  test('begins with an empty page when the row says so', () => {
    const fold = foldRecord(firstLife, aTask({ version: 9, life: 2, status: 'pending' }))
    expect(fold).toMatchObject({ life: 2, seq: 0, steps: [], agent: null })
    expect(textOf(fold)).toBe('')
  })

  test('may be heard of in the stream first; the row is then known to be behind', () => {
    const fold = foldDeltas(firstLife, { life: 2, deltas: [text(1, 'Anew')] })
    expect(textOf(fold)).toBe('Anew')
    expect(isBehind(fold)).toBe(true)
  })

  test('is not disturbed by the last words of the old one', () => {
    const fold = foldRecord(firstLife, aTask({ version: 9, life: 2, status: 'pending' }))
    expect(foldDeltas(fold, { life: 1, deltas: [text(6, 'late')] })).toBe(fold)
    const late = foldSnapshot(fold, {
      task: aTask({ version: 8, life: 1 }),
      steps: [clock],
      deltas: [text(6, 'late')],
      approvals: [],
    })
    expect(late.task?.version).toBe(9)
    expect(late.steps).toEqual([])
  })

  test('does not show the answer of the old one', () => {
    const answered = foldRecord(
      running,
      aTask({ version: 3, status: 'completed', response_payload: { answer: 'Old' } }),
    )
    expect(textOf(foldDeltas(answered, { life: 2, deltas: [text(1, 'New')] }))).toBe('New')
  })
})

describe('the row', () => {
  test('never goes back in time', () => {
    const done = foldRecord(running, aTask({ version: 5, status: 'completed' }))
    expect(foldRecord(done, aTask({ version: 4, status: 'processing' })).task?.status).toBe('completed')
    const late = foldSnapshot(done, {
      task: aTask({ version: 3, status: 'processing' }),
      steps: [],
      deltas: [],
      approvals: [],
    })
    expect(late.task?.status).toBe('completed')
  })

  test('keeps the large columns that a change leaves out', () => {
    const { request_payload, ...partial } = aTask({ version: 3, status: 'completed' })
    const fold = foldRecord(running, partial)
    expect(fold.task).toMatchObject({ status: 'completed', request_payload })
    expect(isBehind(fold)).toBe(false)
  })

  test('is known to be behind when a change in part comes after changes that were missed', () => {
    const { response_payload, ...partial } = aTask({ version: 7, status: 'completed' })
    expect(response_payload).toBeNull()
    const fold = foldRecord(running, partial)
    expect(isBehind(fold)).toBe(true)
    const task = aTask({ version: 7, status: 'completed', response_payload: { answer: 'All of it' } })
    expect(isBehind(foldSnapshot(fold, { task, steps: [], deltas: [], approvals: [] }))).toBe(false)
  })

  test('in part, of a task not known yet, or in no shape at all, only asks for a snapshot', () => {
    expect(foldRecord(emptyFold, { id: 'x', version: 3 })).toEqual({ ...emptyFold, rowIsStale: true })
    expect(foldRecord(running, { status: 'dancing', version: 3 })).toEqual({ ...running, rowIsStale: true })
  })

  test('that is not there is missing, and is found when it comes', () => {
    const missing = foldSnapshot(running, null)
    expect(missing).toEqual({ ...emptyFold, missing: true })
    expect(foldSnapshot(missing, { task: aTask({ version: 1 }), steps: [], deltas: [], approvals: [] }).missing).toBe(
      false,
    )
  })
})

test('an ended task whose stream was pruned from the front asks for nothing', () => {
  const task = aTask({ version: 4, status: 'failed' })
  expect(isBehind(foldSnapshot(emptyFold, { task, steps: [], deltas: [text(7, 'rest')], approvals: [] }))).toBe(false)
})
