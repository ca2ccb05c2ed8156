import { describe, expect, test } from 'vitest'
import { binsOf } from '../../web/src/hooks/admin/throughput-bins.ts'
import { idRange } from '../../web/src/hooks/admin/use-task-filters.ts'
import type { StoryStep } from '../../web/src/hooks/admin/use-task-story.ts'
import { actionDetails, actionName } from '../../web/src/words/admin-words.ts'
import { askFor, describeResult } from '../../web/src/words/bulk-words.ts'
import { cronName, previewOf, tidyCron } from '../../web/src/words/schedule-words.ts'
import { storyOf } from '../../web/src/words/story-words.ts'
import { clockTime, moment } from '../../web/src/words/time-words.ts'
import { explainWait, type WaitReason } from '../../web/src/words/wait-words.ts'
import { aTask } from '../shared/a-task.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const since = '2026-11-21T11:30:00Z'

describe('why a task waits is said in a sentence', () => {
  test.each<[WaitReason, string | null, string | null]>([
    [{ reason: 'at_work', stuck: false }, null, null],
    [
      { reason: 'at_work', stuck: true },
      null,
      'Its worker is silent. Another one takes it over when its lease has ended.',
    ],
    [{ reason: 'ended', status: 'failed' }, null, null],
    [{ reason: 'position', ahead: 0 }, null, 'First in line: it starts as soon as a worker has a free hand.'],
    [{ reason: 'position', ahead: 1 }, null, '1 task of yours comes first.'],
    [{ reason: 'position', ahead: 3 }, 'Acme', '3 tasks of Acme come first.'],
    [{ reason: 'position', ahead: 1000 }, 'Acme', '1,000 tasks of Acme or more come first.'],
    [{ reason: 'children', open: 2 }, null, 'Waits for 2 tasks that it has started.'],
    [{ reason: 'tenant_cap', cap: 5 }, 'Acme', 'As many as allowed (5) are at work for Acme.'],
    [{ reason: 'tenant_cap', cap: 0 }, 'Acme', 'No tasks may be at work for Acme at present.'],
    [{ reason: 'kind_cap', cap: 5 }, null, 'As many of this kind as allowed (5) are at work.'],
    [
      { reason: 'paused', kind: 'report', since },
      null,
      `Paused by an admin since ${clockTime(since)}. It goes on by itself once “report” is resumed.`,
    ],
    [{ reason: 'rate', until: since }, null, `The model provider asked to come back at ${clockTime(since)}.`],
    [
      { reason: 'no_worker', kind: 'report' },
      null,
      'No worker takes “report”: none is running, or none of those that run is for this kind.',
    ],
  ])('%o', (why, tenant, words) => {
    expect(explainWait(why, { tenant, now })).toBe(words)
  })
})

test('a moment of another day has its day with it', () => {
  expect(moment('2026-11-23T12:03:00', now)).toBe('Mon, Nov 23, 12:03')
  expect(moment('2026-11-21T12:03:00', Date.parse('2026-11-21T09:00:00'))).toBe('12:03')
})

test('a bulk verb says what it will do, and what came of it', () => {
  expect(askFor('cancel', 1)).toBe('Cancel 1 task?')
  expect(askFor('retry', 1200)).toBe('Retry 1,200 tasks?')
  expect(describeResult('cancel', 50, 47)).toBe('47 tasks cancelled; 3 had ended or been cancelled already.')
  expect(describeResult('reset', 1, 0)).toBe('No task was reset; 1 was not running.')
  expect(describeResult('retry', 2, 2)).toBe('2 tasks started again.')
  expect(describeResult('reset_stuck', 0, 0)).toBe('No task was stuck any more.')
})

test('what was recorded is said in short, also what is not known here', () => {
  expect(actionName('cancel')).toBe('Cancelled a task')
  expect(actionName('something_new')).toBe('something_new')
  expect(actionDetails({ from: 'failed', to: 'pending' })).toBe('failed → pending')
  expect(actionDetails({ kind: 'assistant', max_running: null })).toBe('assistant, no limit')
  expect(actionDetails({ tenant_id: 'x', max_running: 5, weight: 2 })).toBe('at most 5 at work, weight 2')
  expect(actionDetails({ tasks_days: null, minutes_days: 30 })).toBe('tasks for ever, charts 30 days')
  expect(actionDetails('nonsense')).toBe('')
})

test('the beginning of an id stands for all ids that begin so', () => {
  expect(idRange('0a94-0')).toEqual({
    first: '0a940000-0000-0000-0000-000000000000',
    last: '0a940fff-ffff-ffff-ffff-ffffffffffff',
  })
})

test('minutes are summed up into bins, empty ones included', () => {
  const row = { at: '2026-11-21T11:57:00Z', status: 'completed', tasks: 2, wait_seconds: 4, run_seconds: 10 }
  const bins = binsOf(
    [row, { ...row, status: 'failed', tasks: 1, wait_seconds: 5 }, { ...row, status: 'scheduled' }],
    '6h',
    now,
  )
  expect(bins).toHaveLength(72)
  expect(bins.at(-1)).toMatchObject({ at: now, completed: 0, wait: null })
  expect(bins.at(-2)).toMatchObject({ completed: 2, failed: 1, cancelled: 0, retried: 2, wait: 3 })
  expect(bins.at(-2)?.run).toBeCloseTo(20 / 3)
})

test('a story has everything in its order, and says where another attempt went on', () => {
  const step: StoryStep = {
    id: 1,
    task_id: 'x',
    life: 1,
    attempt: 1,
    key: 'tool:/1',
    kind: 'tool',
    agent: 'Writer',
    name: 'look',
    status: 'done',
    input: { q: 1 },
    output: 'found',
    usage: null,
    cost: null,
    started_at: '2026-11-21T10:00:02Z',
    finished_at: '2026-11-21T10:00:03Z',
  }
  const again = { ...step, id: 2, attempt: 2, started_at: '2026-11-21T10:00:06Z', finished_at: null }
  const audit = {
    id: 7,
    at: '2026-11-21T10:00:05Z',
    actor: 'root@example.test',
    actor_id: null,
    action: 'prioritize',
    task_id: 'x',
    enterprise_id: null,
    details: { priority: 9 },
  }
  const task = aTask({ status: 'failed', finished_at: '2026-11-21T10:00:09Z' })
  const story = storyOf(task, [step, again], [audit])
  expect(story.map(({ title, note }) => `${title}: ${note}`)).toEqual([
    `Submitted: ${task.kind}`,
    'Writer used look: 1.0 s',
    'Changed a priority: by root@example.test, priority 9',
    'Attempt 2: goes on from what was finished before',
    'Writer used look: not finished',
    `Failed: ${task.error?.message ?? ''}`,
  ])
})

test('a schedule tells its next runs in its own time zone, or what is wrong with it', () => {
  const preview = previewOf({ cron: '30 6 * * 1', time_zone: 'Asia/Tokyo' })
  expect(preview).toEqual({ runs: Array.from({ length: 5 }, () => expect.stringMatching(/^Mon, .* 06:30 GMT\+9$/)) })
  expect(previewOf({ cron: '0 25 * * *', time_zone: 'UTC' })).toEqual({
    problem: expect.stringContaining('0 25 * * *'),
  })
  expect(previewOf({ cron: '0 0 31 2 *', time_zone: 'UTC' })).toEqual({
    problem: 'These fields name no moment that ever comes.',
  })
  expect(previewOf({ cron: '0 9 * * *', time_zone: 'Moon/Base' })).toEqual({
    problem: expect.stringContaining('Moon/Base'),
  })
  expect(tidyCron('  0  9 * *\t1 ')).toBe('0 9 * * 1')
  expect([cronName('0 * * * *'), cronName('7 * * * *')]).toEqual(['Every hour', '7 * * * *'])
})
