import { describe, expect, test } from 'vitest'
import { edit, later, requestIn, setScene, submitAndClaim } from '../arrange.ts'
import {
  appendDeltas,
  beat,
  claimOne,
  type Held,
  reap,
  recordSteps,
  settle,
  spawn,
  step,
  textDelta,
  WORKER,
} from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

/** Each way by which an attempt loses its lease. */
const LOSSES: [string, (held: Held) => Promise<unknown>][] = [
  [
    'its task was reaped',
    async () => {
      await later(worker, '2 minutes')
      await reap(worker)
    },
  ],
  [
    'its task was reaped and claimed again',
    async () => {
      await later(worker, '2 minutes')
      await reap(worker)
      await claimOne(worker)
    },
  ],
  ['its task was reset by hand', ({ task }) => edit(sql, task, { status: 'pending' })],
  [
    'its task was reset by hand and claimed again',
    async ({ task }) => {
      await edit(sql, task, { status: 'pending' })
      await claimOne(worker)
    },
  ],
  ['its task was ended by hand', ({ task }) => edit(sql, task, { status: 'failed' })],
  ['its task was settled before', held => settle(worker, { ...held, outcome: 'released' })],
  [
    'its task was snoozed before',
    held => settle(worker, { ...held, outcome: 'snooze', detail: { after_seconds: 60 } }),
  ],
  [
    'its task waits for its children',
    async held => {
      await spawn(worker, held, { key: 'a' })
      await settle(worker, { ...held, outcome: 'waiting' })
    },
  ],
  ['its task was deleted', ({ task }) => sql`delete from public.agent_task_requests where id = ${task}`],
]

async function everything() {
  return [
    await sql`select * from public.agent_task_requests`,
    await sql`select * from worker.queue order by task_id`,
    await sql`select * from worker.lanes order by id`,
    await sql`select * from public.agent_task_steps`,
    await sql`select * from public.agent_task_deltas`,
  ]
}

describe('a dead attempt can no longer write', () => {
  describe.each(LOSSES)('when %s', (_, lose) => {
    test.each(['completed', 'failed', 'retry', 'snooze', 'cancelled', 'released', 'waiting'])(
      'settle %s is lost',
      async outcome => {
        const held = await submitAndClaim(scene)
        await lose(held)
        const before = await everything()
        expect(await settle(worker, { ...held, outcome, detail: { response: { answer: 'late' } } })).toEqual(['lost'])
        expect(await everything()).toEqual(before)
      },
    )

    test('beat, record_steps, append_deltas and spawn_children are lost', async () => {
      const held = await submitAndClaim(scene)
      await lose(held)
      const before = await everything()
      expect(await beat(worker, [held])).toEqual(['lost'])
      expect(await recordSteps(worker, held, step('model::1'))).toBe('lost')
      expect(await appendDeltas(worker, held, textDelta(1))).toBe('lost')
      expect(await spawn(worker, held, { key: 'a' })).toEqual({ verdict: 'lost', children: [] })
      expect(await everything()).toEqual(before)
    })
  })

  test('a lease that was never given settles nothing', async () => {
    const id = await requestIn('processing', scene)
    const before = await everything()
    expect(await settle(worker, { task: id, lease: WORKER, outcome: 'completed' })).toEqual(['lost'])
    expect(await everything()).toEqual(before)
  })

  test("another task's lease settles nothing", async () => {
    const [a, b] = [await submitAndClaim(scene), await submitAndClaim(scene)]
    const before = await everything()
    expect(await settle(worker, { task: a.task, lease: b.lease, outcome: 'completed' })).toEqual(['lost'])
    expect(await everything()).toEqual(before)
  })

  test('an attempt past the end of its lease still settles while nobody has reaped it', async () => {
    const held = await submitAndClaim(scene)
    await later(worker, '2 minutes')
    expect(await settle(worker, { ...held, outcome: 'completed' })).toEqual(['completed'])
  })
})
