import { expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, edit, later, setScene, submit, submitAndClaim, user } from '../arrange.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)

/** What was recorded of a task, in order. */
const recorded = async (task: string) =>
  await sql`select actor, action, details from public.agent_task_audit where task_id = ${task} order by id`

test('an edit in the table editor is recorded, of a task of nobody too', async () => {
  const { task } = await submitAndClaim(scene)
  await edit(sql, task, { status: 'pending' })
  await edit(sql, task, { priority: 3 })
  expect(await recorded(task)).toEqual([
    { actor: 'postgres', action: 'reset', details: { from: 'processing', to: 'pending' } },
    { actor: 'postgres', action: 'prioritize', details: { from: 'pending', to: 'pending', priority: 3 } },
  ])
})

test('what an admin does is recorded with the e-mail address', async () => {
  const task = await submit(sql, { user_id: people.owner, enterprise_id: people.acme })
  await as(sql, user(people.admin), tx => tx`select public.cancel_agent_tasks(${[task]})`)
  await as(sql, user(people.platformAdmin), tx => tx`select public.retry_agent_tasks(${[task]})`)
  expect(await recorded(task)).toMatchObject([
    { actor: 'admin@acme.test', action: 'cancel' },
    { actor: 'root@liverow.test', action: 'retry' },
  ])
})

test('what the user does to an own task is not', async () => {
  const task = await submit(sql, { user_id: people.owner })
  await as(sql, user(people.owner), tx => tx`select public.cancel_agent_task(${task})`)
  expect(await recorded(task)).toEqual([])
})

test('a deadline that passes is nobody’s act', async () => {
  const task = await submit(sql, { deadline_at: new Date(Date.now() + 60_000) })
  await later(worker, '2 minutes')
  await worker`select worker.upkeep(10)`
  expect(await sql`select status from public.agent_task_requests where id = ${task}`).toEqual([{ status: 'failed' }])
  expect(await recorded(task)).toEqual([])
})

test.each(['owner', 'admin', 'platformAdmin'] as const)('nobody writes the record by hand: %s', async person => {
  const write = as(sql, user(people[person]), tx => tx`update public.agent_task_audit set actor = 'somebody else'`)
  await expect(write).rejects.toMatchObject({ code: '42501' })
})

test('only admins read it, those of an enterprise their part', async () => {
  const task = await submit(sql, { enterprise_id: people.acme })
  await edit(sql, task, { status: 'cancelled' })
  const seen = (person: keyof typeof people) =>
    as(sql, user(people[person]), tx => tx`select from public.agent_task_audit where task_id = ${task}`)
  expect(await Promise.all((['admin', 'platformAdmin'] as const).map(async each => (await seen(each)).length))).toEqual(
    [1, 1],
  )
  for (const each of ['owner', 'colleague', 'stranger'] as const) expect(await seen(each)).toHaveLength(0)
})
