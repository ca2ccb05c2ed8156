import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, edit, request, requestIn, setScene, submit, user } from '../arrange.ts'
import { only } from '../only.ts'
import { claim, settle, spawn } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const owner = user(people.owner)
const correlation_id = 'order-7:a.b_C'

const submitOnce = (id: string | null) =>
  as(sql, owner, async tx => {
    const [row] = await tx`
      select * from public.submit_agent_task('{"prompt": "Why?"}', idempotency_key => 'key-1', correlation_id => ${id})`
    return only(row)
  })

describe('a correlation id', () => {
  test('is said by whoever inserts the row', async () => {
    const [row] = await as(
      sql,
      owner,
      tx => tx`insert into public.agent_task_requests (correlation_id) values (${correlation_id}) returning *`,
    )
    expect(row).toMatchObject({ user_id: people.owner, correlation_id })
  })

  test('is said to submit_agent_task, and the first call’s stays when the same is submitted again', async () => {
    const first = await submitOnce('call-1')
    expect(first.correlation_id).toBe('call-1')
    expect(await submitOnce('call-2')).toEqual(first)
    expect(await submitOnce(null)).toEqual(first)
  })

  test('is none where nobody says one', async () => {
    expect(await request(sql, await submit(sql))).toMatchObject({ correlation_id: null })
  })

  test.each(['', ' ', 'a b', 'a\nb', 'a"b', '<b>', '{x}', 'ä', 'x'.repeat(129)])('cannot be %j', async wrong => {
    const inserted = as(sql, owner, tx => tx`insert into public.agent_task_requests (correlation_id) values (${wrong})`)
    await expect(inserted).rejects.toMatchObject({ code: '23514', constraint_name: 'correlation_id_is_a_short_word' })
  })

  test('may be as long as 128 characters, and the same of several tasks', async () => {
    const long = 'x'.repeat(128)
    for (const id of [await submit(sql, { correlation_id: long }), await submit(sql, { correlation_id: long })])
      expect(await request(sql, id)).toMatchObject({ correlation_id: long })
  })

  test.each(['pending', 'processing', 'completed'])('of a %s task cannot be changed by hand', async status => {
    const id = await requestIn(status, scene, { correlation_id })
    for (const other of ['another', null])
      await expect(edit(sql, id, { correlation_id: other })).rejects.toMatchObject({ code: '22023' })
    await edit(sql, id, { correlation_id, priority: 3 })
    expect(await request(sql, id)).toMatchObject({ correlation_id, priority: 3 })
  })

  test('cannot be changed by the task’s user either', async () => {
    const id = await submit(sql, { user_id: people.owner, correlation_id })
    const change = as(sql, owner, tx => tx`update public.agent_task_requests set correlation_id = 'x' where id = ${id}`)
    await expect(change).rejects.toMatchObject({ code: '42501' })
  })

  test('is told with each claim, also of the next life', async () => {
    const id = await submit(sql, { correlation_id })
    const [first] = await claim(worker)
    expect(first).toMatchObject({ task_id: id, life: 1, correlation_id })
    const failed = { error: { code: 'internal', message: 'It broke.', retryable: false } }
    const held = { task: id, lease: String(first?.lease_id) }
    await settle(worker, { ...held, outcome: 'failed', detail: failed })
    await sql`select public.retry_agent_task(${id})`
    expect(await claim(worker)).toMatchObject([{ task_id: id, life: 2, correlation_id }])
  })

  test('goes to children and to theirs', async () => {
    await submit(sql, { correlation_id, kind: 'parent' })
    for (const kinds of [['parent'], ['child']]) {
      const [row] = await claim(worker, { kinds })
      expect(row).toMatchObject({ correlation_id })
      await spawn(worker, { task: String(row?.task_id), lease: String(row?.lease_id) }, { key: 'a' })
    }
    expect(await sql`select from public.agent_task_requests where correlation_id = ${correlation_id}`).toHaveLength(3)
  })

  test('is told of a task that has lost its worker', async () => {
    const [lost, other] = [
      await requestIn('processing', scene, { correlation_id }),
      await requestIn('processing', scene),
    ]
    await sql`update worker.queue set expires_at = now() - interval '1 second' where task_id = any (${[lost, other]})`
    const [row] = await worker`select worker.upkeep(10) as done`
    const pairs = row?.done.reaped.map((each: Record<string, unknown>) => [each.task_id, each.correlation_id])
    expect(new Map(pairs)).toEqual(
      new Map<string, string | null>([
        [lost, correlation_id],
        [other, null],
      ]),
    )
  })

  test('is what admins look for by an index, however many tasks there are', async () => {
    await sql`insert into public.agent_task_requests (correlation_id) select 'call-' || n from generate_series(1, 300) n`
    await sql`analyze public.agent_task_requests`
    const plan = await as(
      sql,
      user(people.platformAdmin),
      tx => tx`explain select id from public.agent_task_requests where correlation_id = 'call-7'
        order by created_at desc, id desc limit 51`,
    )
    expect(plan.map(line => line['QUERY PLAN']).join('\n')).toContain('requests_by_correlation')
  })
})
