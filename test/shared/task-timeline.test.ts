import { describe, expect, test } from 'vitest'
import { type Happened, type TimelineEntry, timelineOf } from '../../shared/client/task-timeline.ts'
import { totalsOf } from '../../shared/client/task-totals.ts'
import type { Step } from '../../shared/deltas.ts'
import { aTask } from './a-task.ts'
import { anApproval } from './an-approval.ts'

let id = 0
function step(key: string, more: Partial<Step> = {}): Step {
  id += 1
  const kind = key.split(':')[0] as Step['kind']
  return { key, kind, agent: 'Desk', name: key, status: 'done', id, attempt: 1, ...more }
}

function timeline(happened: Partial<Happened>): readonly TimelineEntry[] {
  return timelineOf({ task: aTask({ attempt: 1 }), steps: [], pieces: [], approvals: [], ...happened })
}

/** The keys, what is nested in brackets after its tool call. */
function shape(entries: readonly TimelineEntry[]): string {
  return entries
    .map(entry =>
      entry.type === 'step' && entry.children.length > 0 ? `${entry.key} [${shape(entry.children)}]` : entry.key,
    )
    .join(', ')
}

describe('what happened', () => {
  test('stands in the order of the journal, however it was heard of', () => {
    const [first, second, third] = [step('model::0'), step('tool:/a'), step('model::1')]
    const heard = step('tool:/b')
    const { id: _, ...unread } = heard
    expect(shape(timeline({ steps: [third, unread, first, second] }))).toBe('model::0, tool:/a, model::1, tool:/b')
  })

  test('within a nested agent stands under its tool call, at any depth', () => {
    const steps = [
      'model::0',
      'tool:/a',
      'tool:/b',
      'model:/a:0',
      'tool:/a/c',
      'model:/a/c:0',
      'model:/b:0',
      'model::1',
    ]
    expect(shape(timeline({ steps: steps.map(key => step(key)) }))).toBe(
      'model::0, tool:/a [model:/a:0, tool:/a/c [model:/a/c:0]], tool:/b [model:/b:0], model::1',
    )
  })

  test('finds its place also where ids of calls hold colons, or one begins like another', () => {
    const odd = 'call_1-model::1-0'
    const steps = [`tool:/call_1`, `tool:/${odd}`, `model:/${odd}:0`, `step:/${odd}:guardrail:Policy:moderation`]
    const [first, second] = timeline({ steps: steps.map(key => step(key)) })
    expect(shape(first ? [first] : [])).toBe('tool:/call_1')
    expect(shape(second ? [second] : [])).toBe(
      `tool:/${odd} [model:/${odd}:0, step:/${odd}:guardrail:Policy:moderation]`,
    )
  })

  test('of repeated model calls stands where the call was made', () => {
    const steps = ['tool:/a', 'retry:model:/a:0:1:1', 'model:/a:0'].map(key => step(key))
    expect(shape(timeline({ steps }))).toBe('tool:/a [retry:model:/a:0:1:1, model:/a:0]')
  })

  test('in a run of its own name stands on its own', () => {
    const steps = ['model:notes:0', 'tool:notes/a', 'model:notes/a:0', 'model::0'].map(key => step(key))
    expect(shape(timeline({ steps }))).toBe('model:notes:0, tool:notes/a [model:notes/a:0], model::0')
  })
})

describe('approvals', () => {
  test('stand before their tool call, and at the end while there is none', () => {
    const done = anApproval({ id: 'done', key: 'tool:/a', status: 'approved' })
    const open = anApproval({ id: 'open', key: 'tool:/b/c' })
    const steps = ['model::0', 'tool:/a', 'tool:/b', 'model:/b:0'].map(key => step(key))
    expect(shape(timeline({ steps, approvals: [done, open] }))).toBe(
      'model::0, approval done, tool:/a, tool:/b [model:/b:0, approval open]',
    )
  })

  test('for a call to be made again stand with that call', () => {
    const again = anApproval({ id: 'again', key: 'again:tool:/a' })
    expect(shape(timeline({ steps: [step('tool:/a')], approvals: [again] }))).toBe('approval again, tool:/a')
  })
})

describe('attempts', () => {
  test('are told where another one went on, with the reason where it is certain', () => {
    const steps = [step('model::0'), step('tool:/a', { attempt: 2 }), step('model::1', { attempt: 2 })]
    const entries = timeline({ task: aTask({ attempt: 2, crash_count: 1 }), steps })
    expect(shape(entries)).toBe('model::0, attempt 2, tool:/a, model::1')
    expect(entries[1]).toMatchObject({ type: 'attempt', attempt: 2, reason: 'worker_lost' })
    expect(timeline({ task: aTask({ attempt: 2 }), steps })[1]).toMatchObject({ reason: 'failure' })
  })

  test('are told also before the new one has written anything', () => {
    const task = aTask({ attempt: 3, crash_count: 1, status: 'processing' })
    expect(timeline({ task, steps: [step('model::0')] }).at(-1)).toMatchObject({ attempt: 3, reason: null })
  })

  test('of another task, whose steps a fork has copied, are none of its own', () => {
    const entries = timeline({ steps: [step('model::0', { attempt: 0 }), step('model::1')] })
    expect(entries).toMatchObject([{ isCopied: true }, { isCopied: false }])
  })
})

describe('what models write', () => {
  test('is there from the stream, and when that is pruned from the journal', () => {
    const output = { output: [{ type: 'message', content: [{ type: 'output_text', text: 'From the journal.' }] }] }
    const steps = [step('model::0', { output })]
    expect(timeline({ steps })).toMatchObject([{ text: 'From the journal.' }])
    expect(timeline({ steps, pieces: [{ key: 'model::0', text: 'Streamed.' }] })).toMatchObject([{ text: 'Streamed.' }])
  })

  test('shows under its tool call while a nested agent writes, and nowhere once it is withdrawn', () => {
    const task = aTask({ status: 'processing', attempt: 1 })
    const steps = [step('tool:/a', { status: 'started' })]
    const writing = timeline({ task, steps, pieces: [{ key: 'model:/a:0', text: 'Damaged goods' }] })
    expect(shape(writing)).toBe('tool:/a [model:/a:0]')
    expect(shape(timeline({ task, steps, pieces: [{ key: 'model:/a:0', text: '' }] }))).toBe('tool:/a')
  })
})

test('the totals add up the model calls, say how many have no price, and leave out what a fork has copied', () => {
  const usage = { requests: 1, inputTokens: 10, cachedTokens: 5, outputTokens: 2, totalTokens: 12 }
  const steps = [
    step('model::0', { usage, cost: 0.5, attempt: 0 }),
    step('model::1', { usage, cost: 0.25 }),
    step('model:/a:0', { usage, cost: null }),
    step('tool:/a', { usage }),
  ]
  expect(totalsOf(steps)).toEqual({ calls: 2, tokens: 24, cost: 0.25, unpriced: 1 })
})
