import { expect, test } from 'vitest'
import { foldTurn, foldTurns } from '../../shared/client/session-fold.ts'
import { aTask } from './a-task.ts'

const turn = (id: string, at: string, version = 1) =>
  aTask({ id, version, created_at: `2026-11-21T10:00:00.${at}+00:00` })
const [one, two, three] = [turn('one', '000001'), turn('two', '000002'), turn('three', '000003')]
const ids = (turns: readonly { id: string }[] | null) => turns?.map(({ id }) => id)

test('turns stand in the order in which they were asked, to the microsecond', () => {
  expect(ids(foldTurns([], [three, one, two]))).toEqual(['one', 'two', 'three'])
  expect(ids(foldTurn([one, three], { ...two }))).toEqual(['one', 'two', 'three'])
})

test('a reading keeps what is newer, and what has come since it began', () => {
  const newer = { ...one, version: 5, status: 'completed' as const }
  const turns = foldTurns([newer, three], [one, two])
  expect(ids(turns)).toEqual(['one', 'two', 'three'])
  expect(turns[0]).toBe(newer)
})

test('an old change is not let in, and one that left something out takes a reading', () => {
  const turns = [{ ...one, version: 3 }]
  expect(foldTurn(turns, { ...one, version: 2 })).toBe(turns)
  expect(foldTurn(turns, { id: 'one', version: 5, status: 'completed' })).toBe(null)
  expect(foldTurn(turns, { id: 'new', version: 1 })).toBe(null)
  expect(foldTurn(turns, { id: 'one', version: 4, status: 'processing' })).toMatchObject([{ version: 4 }])
})
