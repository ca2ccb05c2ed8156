import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Db } from '../../../worker/db.ts'
import { keepLeases, type Leases } from '../../../worker/queue/leases.ts'
import type { Task } from '../../../worker/task.ts'
import { listenIn } from '../arrange.ts'

// What counts here is the worker's own clock, so the test holds it; the database's part is told in takeover.test.ts.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

type Verdicts = Awaited<ReturnType<Db['call']>>

/** Leases of 10 s over a database whose next answer the test gives. */
function keep(leaseSeconds = 10) {
  const beats: Record<string, unknown>[] = []
  let answer: () => Promise<unknown> = async () => []
  const call = async (_: string, args: Record<string, unknown>) => {
    beats.push(args)
    return answer()
  }
  const told = listenIn()
  const db = { call, hears: 'postgres' } as unknown as Db
  const leases = keepLeases({
    db,
    worker: { id: 'w', host: 'h', kinds: null, slots: 2, version: '1' },
    leaseSeconds,
    telemetry: told.telemetry,
  })
  const answers = (next: () => Promise<unknown>) => {
    answer = next as () => Promise<Verdicts>
  }
  return { leases, beats, told, answers }
}

const task = (id: string) => ({ id, leaseId: `lease-${id}` }) as Task
const ok =
  (...ids: string[]) =>
  async () =>
    ids.map(id => ({ task_id: id, lease_id: `lease-${id}`, verdict: 'ok' }))

function hold(leases: Leases, id: string) {
  const stop = vi.fn()
  return { stop, release: leases.hold(task(id), performance.now(), stop) }
}

describe('leases', () => {
  it('are all prolonged by one beat', async () => {
    const { leases, beats, answers } = keep()
    hold(leases, 'a')
    hold(leases, 'b')
    answers(ok('a', 'b'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(beats).toMatchObject([
      { p_worker: 'w', p_tasks: ['a', 'b'], p_leases: ['lease-a', 'lease-b'], p_lease_seconds: 10 },
    ])
  })

  it('are kept for as long as beats are taken', async () => {
    const { leases, answers } = keep()
    const { stop } = hold(leases, 'a')
    answers(ok('a'))
    await vi.advanceTimersByTimeAsync(600_000)
    expect(stop).not.toHaveBeenCalled()
  })

  it('are given up a beat before the database would give them to somebody else', async () => {
    const { leases, answers } = keep()
    const { stop } = hold(leases, 'a')
    answers(ok('a'))
    await vi.advanceTimersByTimeAsync(2_000)
    answers(() => Promise.reject(new Error('No answer.')))
    // The beat at 2 s was the last one taken, so the lease ends at 12 s.
    await vi.advanceTimersByTimeAsync(8_100)
    expect(stop.mock.calls).toEqual([['lost']])
  })

  it('are given up in time when a beat gets no answer at all', async () => {
    const { leases, beats, answers } = keep()
    const { stop } = hold(leases, 'a')
    answers(() => new Promise(() => undefined))
    await vi.advanceTimersByTimeAsync(8_100)
    expect(stop.mock.calls).toEqual([['lost']])
    expect(beats).toHaveLength(1)
  })

  it('are not healthy from a failed beat to the next that is taken', async () => {
    const { leases, answers, told } = keep()
    answers(() => Promise.reject(new Error('No answer.')))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(leases.isHealthy()).toBe(false)
    expect(told.of('databaseFailed')).toEqual([['beat', expect.any(Error)]])
    answers(ok())
    await vi.advanceTimersByTimeAsync(2_000)
    expect(leases.isHealthy()).toBe(true)
  })

  it('that are released are neither prolonged nor stopped', async () => {
    const { leases, beats } = keep()
    const { stop, release } = hold(leases, 'a')
    release()
    await vi.advanceTimersByTimeAsync(2_000)
    leases.stopAll('shutdown')
    expect(beats[0]?.p_tasks).toEqual([])
    expect(stop).not.toHaveBeenCalled()
  })

  it('pass a cancel on once for each verdict', async () => {
    const { leases, answers } = keep()
    const { stop } = hold(leases, 'a')
    answers(async () => [{ task_id: 'a', lease_id: 'lease-a', verdict: 'cancel' }])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(stop.mock.calls).toEqual([['cancel']])
  })

  it('beat often enough to be known as alive, however long a lease is', async () => {
    const { beats } = keep(3_600)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(beats.length).toBeGreaterThan(1)
  })

  it('leave no timer behind', async () => {
    const { leases } = keep()
    await leases.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})
