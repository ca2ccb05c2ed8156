import { describe, expect, it } from 'vitest'
import type { Note } from './notes.ts'
import type { PlannedTask } from './plan.ts'
import { type Change, type FinalRow, judge, type Records } from './referee.ts'

// The referee's own test: records as a good round leaves them, with one thing forged in each.

const TASK = 'task'
const planned: PlannedTask = {
  id: TASK,
  atMs: 0,
  tenant: 0,
  priority: 0,
  maxAttempts: 25,
  script: { steps: [10], endless: false, failures: 0, hopeless: false, stubborn: false },
  revived: false,
}

/** One update after another, each of them by what differs from the one before. */
function history(...updates: Partial<Change>[]): Change[] {
  let before = { version: 1, status: 'pending', life: 1, attempt: 0, crashes: 0, at: 0 }
  return updates.map(update => {
    const after = { ...before, version: before.version + 1, at: before.at + 5_000, ...update }
    const { version, status, life, attempt, crashes } = before
    const from = {
      fromVersion: version,
      fromStatus: status,
      fromLife: life,
      fromAttempt: attempt,
      fromCrashes: crashes,
    }
    before = after
    return { task: TASK, lease: null, worker: null, ...from, ...after }
  })
}

const claim = (attempt: number, lease: string, worker: string): Partial<Change> => {
  return { status: 'processing', attempt, lease, worker }
}

/** Claimed by A, who died; completed by B. */
const changes = history(
  claim(1, 'lease-a', 'A'),
  { status: 'pending', crashes: 1, lease: null, worker: null },
  claim(2, 'lease-b', 'B'),
  { status: 'completed', lease: null, worker: null },
)
const rowOf = (last: Change | undefined): FinalRow => ({
  id: TASK,
  status: last?.status ?? '',
  life: last?.life ?? 0,
  attempt: last?.attempt ?? 0,
  maxAttempts: 25,
  crashes: last?.crashes ?? 0,
  version: last?.version ?? 0,
  response: { lease: 'lease-b' },
  error: null,
})
const claimed = (lease: string, attempt: number, sentAt: number): Note => {
  return { at: sentAt + 5, event: 'claimed', sentAt, leases: [{ task: TASK, lease, life: 1, attempt }] }
}
const notesOfA: Note[] = [{ at: 1, event: 'online', worker: 'A' }, claimed('lease-a', 1, 4_990)]
const notesOfB: Note[] = [
  { at: 1, event: 'online', worker: 'B' },
  claimed('lease-b', 2, 14_990),
  { at: 15_100, event: 'stepped', task: TASK, life: 1, key: 'tool:/0' },
  { at: 15_200, event: 'settling', leases: ['lease-b'], outcomes: ['completed'] },
  { at: 20_010, event: 'settled', answers: [{ lease: 'lease-b', status: 'completed' }] },
  { at: 20_020, event: 'fate', lease: 'lease-b', status: 'completed' },
]
const write = { task: TASK, life: 1, key: 'tool:/0', status: 'done', writer: 'lease-b', holder: 'lease-b' }

const good: Records = {
  tasks: [planned],
  rows: [rowOf(changes.at(-1))],
  changes,
  writes: [write],
  leasesLeft: 0,
  notes: [notesOfA, notesOfB],
  leaseSeconds: 2,
}
const row = rowOf(changes.at(-1))
const lateAnswer: Note = { at: 21_000, event: 'settled', answers: [{ lease: 'lease-a', status: 'completed' }] }

describe('the referee', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(judge(good)).toEqual([])
  })

  it.each<[string, Partial<Records>, RegExp]>([
    ['a task that is gone', { rows: [] }, /is not there/],
    ['a task that never ends', { rows: [{ ...row, status: 'pending' }] }, /never ended/],
    ['a wrong end', { rows: [{ ...row, status: 'cancelled' }] }, /not to be/],
    ['a strange error', { rows: [{ ...row, status: 'failed', error: { code: 'internal' } }] }, /no script knows/],
    ['a lease that is left', { leasesLeft: 1 }, /leases are left/],
    ['an update without a record', { changes: changes.filter((_, n) => n !== 1) }, /without a record/],
    ['a version that falls', { changes: history({ version: 1, status: 'cancelled' }) }, /did not rise/],
    [
      'an end after the end',
      { changes: [...changes, ...history({ ...changes[3], fromStatus: 'completed' })] },
      /version/,
    ],
    [
      'an answer of another attempt',
      { rows: [{ ...row, response: { lease: 'lease-a' } }] },
      /did not hold it at its end/,
    ],
    [
      'a settle that two believe in',
      { notes: [[...notesOfA, lateAnswer], notesOfB] },
      /believes that lease lease-a ended/,
    ],
    ['one that is believed in twice', { notes: [notesOfA, [...notesOfB, ...notesOfB.slice(4, 5)]] }, /settled 2 times/],
    ['an end that nobody asked for', { notes: [notesOfA, notesOfB.slice(0, 3)] }, /nobody who held lease lease-b/],
    [
      'a lease that is another’s',
      { notes: [[...notesOfA, claimed('lease-b', 2, 14_990)], notesOfB] },
      /worker A believes/,
    ],
    ['two ends in one worker', { notes: [notesOfA, [...notesOfB, ...notesOfB.slice(-1)]] }, /two ends in its worker/],
    [
      'a lease that was taken away too early',
      { notes: [[...notesOfA, { at: 9_000, event: 'beaten', sentAt: 8_995, kept: ['lease-a'] }], notesOfB] },
      /reaped 995 ms before its end/,
    ],
    ['a step by a lease that was lost', { writes: [{ ...write, writer: 'lease-a' }] }, /while lease-b held it/],
    ['a step that was done twice', { writes: [write, write] }, /was done 2 times/],
    ['a step that was taken and lost', { writes: [] }, /was taken and is lost/],
    [
      'an end without all steps',
      { notes: [notesOfA, notesOfB.filter(each => each.event !== 'stepped')], writes: [] },
      /without its steps 0/,
    ],
  ])('notices %s', (_, forged, expected) => {
    expect(judge({ ...good, ...forged }).join('\n')).toMatch(expected)
  })

  it.each<[string, Partial<Change>[], RegExp]>([
    ['a claim of what is not pending', [{ status: 'scheduled' }, claim(1, 'l', 'A')], /only a pending task is claimed/],
    ['a claim without a lease', [{ status: 'processing', attempt: 1 }], /without a lease/],
    ['a claim that is not counted', [claim(0, 'l', 'A')], /one more attempt/],
    ['an attempt that is not given back', [claim(1, 'l', 'A'), { status: 'pending' }], /gets its attempt back/],
    ['an attempt from nowhere', [{ status: 'scheduled', attempt: 3 }], /counted at claims/],
    ['a crash of what is not at work', [{ status: 'scheduled', crashes: 1 }], /loses its worker/],
    ['two crashes at once', [claim(1, 'l', 'A'), { status: 'pending', crashes: 2 }], /one reap is one crash/],
    ['what goes on after its end', [{ status: 'cancelled' }, { status: 'pending' }], /what has ended has ended/],
    [
      'a new life that is not new',
      [{ status: 'failed' }, { status: 'pending', life: 2, crashes: 1 }],
      /without a past/,
    ],
    ['a new life of what waits', [{ status: 'pending', life: 2 }], /at work or ended/],
    ['a second answer in one life', [...pair('a'), ...pair('b')], /completed 2 times/],
  ])('notices %s', (_, updates, expected) => {
    const forged = history(...updates)
    expect(judge({ ...good, changes: forged, rows: [rowOf(forged.at(-1))] }).join('\n')).toMatch(expected)
  })
})

function pair(lease: string): Partial<Change>[] {
  return [claim(1, lease, 'A'), { status: 'completed' }, { status: 'pending' }]
}
