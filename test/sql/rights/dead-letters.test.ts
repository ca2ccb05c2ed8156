import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { edit, later, requestIn, setScene, submit, submitAndClaim } from '../arrange.ts'
import { reap, settle } from '../verbs.ts'
import { ACTORS, castAndTasks } from './cast.ts'

const scene = await setScene()
const { sql, worker } = scene
const error = { code: 'provider_refused', message: 'The key is wrong.', retryable: false }
const { people, caller } = await castAndTasks(sql)
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }

const letters = () => sql`select task_id, enterprise_id, kind, code, failed_at from public.agent_task_dead_letters`

describe('a dead letter', () => {
  test('tells of a task that has failed', async () => {
    const held = await submitAndClaim(scene, { ...ofOwner, kind: 'course' })
    await settle(worker, { ...held, outcome: 'failed', detail: { error } })
    const [row] = await sql`select finished_at from public.agent_task_requests`
    expect(await letters()).toEqual([
      { task_id: held.task, enterprise_id: people.acme, kind: 'course', code: error.code, failed_at: row?.finished_at },
    ])
  })

  test('says unknown where no reason was given', async () => {
    const id = await submit(sql)
    await edit(sql, id, { status: 'failed' })
    expect(await letters()).toMatchObject([{ task_id: id, code: 'unknown' }])
  })

  test('comes of a lost worker, too', async () => {
    await submitAndClaim(scene, { max_attempts: 1 })
    await later(worker, '2 minutes')
    await reap(worker)
    expect(await letters()).toMatchObject([{ code: 'worker_lost' }])
  })

  test.each(['completed', 'cancelled', 'scheduled', 'pending'])('comes of no %s task', async status => {
    await requestIn(status, scene)
    expect(await letters()).toHaveLength(0)
  })

  test('goes when its task is retried', async () => {
    const id = await requestIn('failed', scene)
    await sql`select public.retry_agent_task(${id})`
    expect(await letters()).toHaveLength(0)
  })

  test.each(['pending', 'scheduled', 'completed', 'cancelled'])(
    'goes when its task is set to %s by hand',
    async status => {
      const id = await requestIn('failed', scene)
      await edit(sql, id, { status })
      expect(await letters()).toHaveLength(0)
    },
  )

  test('comes again when its task fails again', async () => {
    const id = await requestIn('failed', scene)
    await edit(sql, id, { status: 'pending' })
    await edit(sql, id, { status: 'failed' })
    expect(await letters()).toMatchObject([{ task_id: id }])
  })

  test('goes with its task', async () => {
    const id = await requestIn('failed', scene)
    await sql`delete from public.agent_task_requests where id = ${id}`
    expect(await letters()).toHaveLength(0)
  })

  const SEE = ['admin', 'platformAdmin']
  test.each(ACTORS.filter(actor => actor !== 'anonymous'))('of the enterprise is for its admins: %s', async actor => {
    await requestIn('failed', scene, ofOwner)
    const rows = await as(sql, caller(actor), tx => tx`select from public.agent_task_dead_letters`)
    expect(rows).toHaveLength(SEE.includes(actor) ? 1 : 0)
  })

  test('of nobody’s task is for platform admins alone', async () => {
    await requestIn('failed', scene)
    for (const actor of ['admin', 'stranger', 'platformAdmin'] as const) {
      const rows = await as(sql, caller(actor), tx => tx`select from public.agent_task_dead_letters`)
      expect(rows, actor).toHaveLength(actor === 'platformAdmin' ? 1 : 0)
    }
  })

  test('may not even be asked for by the anonymous', async () => {
    const read = as(sql, caller('anonymous'), tx => tx`select from public.agent_task_dead_letters`)
    await expect(read).rejects.toMatchObject({ code: '42501' })
  })

  test.each(ACTORS)('may be written, changed or removed by no user: %s', async actor => {
    const id = await requestIn('failed', scene, ofOwner)
    const writes = [
      `insert into public.agent_task_dead_letters values ('${id}', null, 'a', 'b', now())`,
      `update public.agent_task_dead_letters set code = 'x'`,
      `delete from public.agent_task_dead_letters`,
      `truncate public.agent_task_dead_letters`,
    ]
    for (const write of writes) {
      await expect(as(sql, caller(actor), tx => tx.unsafe(write))).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('may be read by service_role', async () => {
    await requestIn('failed', scene)
    expect(await worker`select from public.agent_task_dead_letters`).toHaveLength(1)
  })
})
