import { describe, expect, it } from 'vitest'
import type { Delta } from '../../../shared/deltas.ts'
import type { Left, Store } from '../../../worker/agents/store.ts'
import { openStream } from '../../../worker/agents/stream.ts'
import type { Task } from '../../../worker/task.ts'
import { waitFor } from '../arrange.ts'

const task = { id: '11111111-1111-4111-8111-111111111111', life: 3 } as Task
const nothing: Left = { watched: true, session_id: null, last_seq: 0, steps: [], streamed: [], approvals: [] }

/** A stream whose writes the test lets through; `written` has them in the order in which they arrived. */
function open(left = nothing, answer: () => Promise<boolean> = async () => true) {
  const written: Delta[][] = []
  const sent: unknown[] = []
  const appendDeltas = (deltas: Delta[]) => {
    written.push(deltas)
    return answer()
  }
  const broadcast = (...message: unknown[]) => void sent.push(message)
  const stream = openStream(task, { appendDeltas } as unknown as Store, broadcast, left)
  return { stream, written, sent }
}

describe('a stream', () => {
  it('numbers on from what earlier attempts have sent', async () => {
    const { stream, written } = open({ ...nothing, last_seq: 41 })
    stream.agent('A')
    stream.text('model::0', 'Hi')
    await stream.flush()
    expect(written.flat().map(each => each.seq)).toEqual([42, 43])
  })

  it('joins the text of one step between two writes, and of no two steps', async () => {
    const { stream, written } = open()
    for (const word of ['It ', 'sca', 'tters']) stream.text('model::0', word)
    stream.text('model::1', 'Blue')
    stream.step({ key: 'tool:/1', kind: 'tool', agent: 'A', name: 't', status: 'started' })
    stream.text('model::1', '.')
    await stream.flush()
    expect(written.flat().map(each => [each.seq, each.kind, 'text' in each.data ? each.data.text : null])).toEqual([
      [1, 'text', 'It scatters'],
      [2, 'text', 'Blue'],
      [3, 'step', null],
      [4, 'text', '.'],
    ])
  })

  it('has one write under way at a time, and what came meanwhile in the next', async () => {
    const answers: ((watched: boolean) => void)[] = []
    const { stream, written } = open(nothing, () => new Promise(resolve => answers.push(resolve)))
    stream.text('m', 'a')
    await waitFor('the first write', () => written.length === 1)
    stream.text('m', 'b')
    stream.text('m', 'c')
    const flushed = stream.flush()
    expect(written).toHaveLength(1)
    answers[0]?.(true)
    await waitFor('the second write', () => written.length === 2)
    answers[1]?.(true)
    await flushed
    expect(written.map(each => each.map(delta => delta.data))).toEqual([[{ text: 'a' }], [{ text: 'bc' }]])
  })

  it('broadcasts what is written, and nothing before', async () => {
    const { stream, sent } = open(nothing, () => Promise.reject(new Error('refused')))
    stream.text('m', 'a')
    await expect(stream.flush()).rejects.toThrow('refused')
    expect(sent).toEqual([])

    const second = open()
    second.stream.text('m', 'a')
    await second.stream.flush()
    const deltas = [{ seq: 1, kind: 'text', step_key: 'm', data: { text: 'a' } }]
    expect(second.sent).toEqual([[`task:${task.id}`, 'deltas', { task_id: task.id, life: 3, deltas }]])
  })

  it('ends at a refused batch: nothing more is written, and whoever waits hears why', async () => {
    const refusal = Promise.withResolvers<boolean>()
    const { stream, written } = open(nothing, () => refusal.promise)
    stream.text('model::0', 'Hi')
    const flushed = stream.flush()
    stream.text('model::1', 'waits for the first write')
    refusal.reject(new Error('Refused.'))
    await expect(flushed).rejects.toThrow('Refused.')
    stream.text('model::2', 'comes later')
    await expect(stream.flush()).rejects.toThrow('Refused.')
    await stream.close()
    expect(written).toHaveLength(1)
  })

  it('withdraws only what was sent', async () => {
    const { stream, written } = open({ ...nothing, streamed: ['model::1'] })
    stream.reset('model::0')
    stream.reset('model::1')
    stream.reset('model::1')
    await stream.flush()
    expect(written.flat()).toMatchObject([{ kind: 'reset', step_key: 'model::1', data: {} }])
  })

  it('gives the text so far in the order of the calls, however many there were before', async () => {
    const keys = Array.from({ length: 12 }, (_, n) => `model::${n}`)
    // As the database gives them.
    const { stream } = open({ ...nothing, streamed: keys.toSorted() })
    for (const key of keys) stream.recall(key, `<${key}>`)
    expect(stream.textSoFar()).toBe(keys.map(key => `<${key}>`).join('\n\n'))
  })

  it('does not count withdrawn text as said', async () => {
    const { stream } = open()
    stream.text('model::0', 'Let me see.')
    stream.text('model::1', 'It sca')
    stream.reset('model::1')
    expect(stream.textSoFar()).toBe('Let me see.')
    await stream.flush()
  })

  it('shortens what a tool was given and gave', async () => {
    const { stream, written } = open()
    const output = 'x'.repeat(100_000)
    stream.step({ key: 't', kind: 'tool', agent: 'A', name: 't', status: 'done', input: { a: 1 }, output })
    await stream.flush()
    const [step] = written.flat()
    expect(JSON.stringify(step).length).toBeLessThan(9_000)
    expect(step?.data).toMatchObject({ input: { a: 1 } })
  })

  it('stays storable where it shortens', async () => {
    const { stream, written } = open()
    stream.step({ key: 't', kind: 'tool', agent: 'A', name: 't', status: 'done', output: `x${'😀'.repeat(9_000)}` })
    await stream.flush()
    expect(JSON.stringify(written)).not.toMatch(/\\ud83d(?!\\ude00)/)
  })
})
