import { expect, test } from 'vitest'
import { foldIntoList, foldList, type TaskSummary } from '../../shared/client/task-list.ts'

const at = (hour: number) => `2026-11-21T${String(hour).padStart(2, '0')}:00:00+00:00`
const row = (id: string, hour: number, more: Partial<TaskSummary> = {}): TaskSummary => ({
  id,
  kind: 'assistant',
  status: 'pending',
  prompt: `question ${id}`,
  version: 1,
  created_at: at(hour),
  ...more,
})
const record = ({ prompt, ...rest }: TaskSummary) => ({ ...rest, request_payload: { prompt } })
const list = [row('b', 2), row('a', 1)]

test('a new task comes first and the oldest beyond the limit goes', () => {
  expect(foldIntoList(list, record(row('c', 3)), 2)?.map(({ id }) => id)).toEqual(['c', 'b'])
})

test('a change takes its place, an older one is passed over', () => {
  const done = foldIntoList(list, record(row('a', 1, { status: 'completed', version: 3 })), 2)
  expect(done?.map(({ status }) => status)).toEqual(['pending', 'completed'])
  expect(foldIntoList(done ?? [], record(row('a', 1, { status: 'processing', version: 2 })), 2)).toEqual(done)
})

test('a change without the payload keeps the prompt; one of a task not known asks for a reading', () => {
  const { prompt, ...partial } = row('a', 1, { version: 2 })
  expect(foldIntoList(list, partial, 2)?.[1]?.prompt).toBe(prompt)
  expect(foldIntoList(list, { id: 'z', version: 9 }, 2)).toBeNull()
})

test('a payload without a prompt is shown without one', () => {
  const bare = { ...row('c', 3), request_payload: { topic: 'tea' } }
  expect(foldIntoList(list, bare, 3)?.[0]?.prompt).toBeNull()
})

test('a reading does not overrule what is newer, and drops what is no longer there', () => {
  const newer = row('a', 1, { status: 'completed', version: 4 })
  expect(foldList([row('x', 9), newer], [row('b', 2), row('a', 1, { version: 3 })])).toEqual([row('b', 2), newer])
})

test('what a program asks for is no question of anybody', () => {
  expect(foldIntoList(list, record(row('c', 3, { kind: 'scenario-tool' })), 3)).toBe(list)
})
