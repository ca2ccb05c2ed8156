import { describe, expect, it } from 'vitest'
import { endsOf, makePlan, type PlannedTask } from './plan.ts'

const SEEDS = Array.from({ length: 20 }, (_, n) => n)

describe('a plan', () => {
  it('follows from its seed alone', () => {
    expect(makePlan(7, 16)).toEqual(makePlan(7, 16))
    expect(makePlan(7, 16)).not.toEqual(makePlan(8, 16))
  })

  it.each(SEEDS)('brings every kind of fault in every eight seconds (seed %i)', seed => {
    const { faults } = makePlan(seed, 16)
    for (const half of [faults.filter(each => each.atMs < 8_000), faults.filter(each => each.atMs >= 8_000)]) {
      const kinds = new Set(half.map(each => each.kind))
      expect(kinds).toEqual(new Set(['kill', 'freeze', 'dismiss', 'cut', 'stall', 'drop', 'gateway', 'restart']))
    }
  })

  it.each(SEEDS)('freezes a worker of each transport for longer than its leases last (seed %i)', seed => {
    const { faults, leaseSeconds, slots } = makePlan(seed, 8)
    const frozen = faults.flatMap(each => (each.kind === 'freeze' && each.ms > leaseSeconds * 1000 ? [each.slot] : []))
    expect(new Set(frozen.map(slot => slots[slot]))).toEqual(new Set(['direct', 'rest']))
  })

  it.each(SEEDS)('gives every endless task an end (seed %i)', seed => {
    const { tasks } = makePlan(seed, 8)
    expect(tasks.filter(each => each.script.endless && each.cancelAtMs === undefined)).toEqual([])
  })
})

describe('the end of a task', () => {
  const script = { steps: [10], endless: false, failures: 0, hopeless: false, stubborn: false }
  const task: PlannedTask = { id: 'a', atMs: 0, tenant: 0, priority: 0, maxAttempts: 25, script, revived: false }

  it.each([
    ['a plain one', {}, ['completed']],
    ['one that fails once', { script: { ...script, failures: 1 } }, ['completed']],
    ['one that always fails', { script: { ...script, failures: 25 } }, ['failed']],
    ['one without hope', { script: { ...script, hopeless: true } }, ['failed']],
    ['one that is cancelled on its way', { cancelAtMs: 5 }, ['completed', 'cancelled']],
    ['an endless one', { script: { ...script, endless: true }, cancelAtMs: 5 }, ['cancelled']],
    [
      'an endless one that is revived',
      { script: { ...script, endless: true }, cancelAtMs: 5, revived: true },
      ['completed'],
    ],
  ])('of %s is foreseen', (_, difference, ends) => {
    expect(endsOf({ ...task, ...difference })).toEqual(ends)
  })
})
