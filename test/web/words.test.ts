import { describe, expect, test } from 'vitest'
import { inFull, inOneLine, unhidden } from '../../web/src/words/json-words.ts'
import { describeStatus } from '../../web/src/words/status-words.ts'
import { clockTime, duration, timeAgo } from '../../web/src/words/time-words.ts'
import { aTask } from '../shared/a-task.ts'

const runAt = '2026-11-21T12:03:00+00:00'
const error = { code: 'provider_busy', message: 'The provider is busy.', retryable: true }

describe('a status is said in plain words', () => {
  test.each([
    [aTask({ status: 'pending' }), null, 'Waiting for a worker'],
    [aTask({ status: 'pending', attempt: 1 }), null, 'Waiting for another worker'],
    [aTask({ status: 'processing', attempt: 1 }), null, 'Working'],
    [aTask({ status: 'processing', attempt: 2 }), 'Writer', 'Writer is working (attempt 2 of 5)'],
    [aTask({ status: 'processing', cancel_requested_at: runAt }), 'Writer', 'Stopping'],
    [aTask({ status: 'scheduled', run_at: runAt }), null, `Starts at ${clockTime(runAt)}`],
    [
      aTask({ status: 'scheduled', attempt: 1, run_at: runAt, error }),
      null,
      `Will retry at ${clockTime(runAt)} (attempt 2 of 5): The provider is busy.`,
    ],
    [aTask({ status: 'completed', started_at: '2026-11-21T10:00:01Z' }), null, 'Completed in 8.0 s'],
    [aTask({ status: 'failed' }), null, 'Failed'],
    [aTask({ status: 'cancelled' }), null, 'Cancelled'],
  ])('%#', (task, agent, words) => {
    expect(describeStatus(task, agent)).toBe(words)
  })
})

test('spans of time are as exact as they are short', () => {
  expect([-5, 840, 12_400, 185_000].map(duration)).toEqual(['0.0 s', '0.8 s', '12 s', '3 min 5 s'])
})

test('a moment is as far away as one would say', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  const said = ['11:59:40', '11:55:00', '09:00:00'].map(time => timeAgo(`2026-11-21T${time}Z`, now))
  expect(said).toEqual(['just now', '5 min. ago', '3 hr. ago'])
  expect(timeAgo('2026-11-19T12:00:00Z', now)).toBe('2 days ago')
})

test('a value fits into one line', () => {
  expect(inOneLine({ expression: '6*7', exact: true })).toBe('expression: 6*7, exact: true')
  expect(inOneLine('noon')).toBe('noon')
  expect(inOneLine([1, 'two', null])).toBe('[1,"two",null]')
  expect(inOneLine('x'.repeat(500))).toHaveLength(161)
})

test('a value in full is laid out, also if a tool has written it as text', () => {
  expect(inFull({ a: 1 })).toBe('{\n  "a": 1\n}')
  expect(inFull('[1]')).toBe('[\n  1\n]')
  expect(inFull('{"cut": o…')).toBe('{"cut": o…')
  expect(inFull('309.7')).toBe('309.7')
})

test('what a model has written cannot hide or turn around what else stands there', () => {
  expect(unhidden('pay 10\u202e000,1 to\u200b me')).toBe('pay 10[U+202E]000,1 to[U+200B] me')
  expect(unhidden('two\nlines\tand 👩‍💻 Ünicode')).toBe('two\nlines\tand 👩‍💻 Ünicode')
  expect(inFull({ to: 'a\u2066b' })).toBe('{\n  "to": "a[U+2066]b"\n}')
})
