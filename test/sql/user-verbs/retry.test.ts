import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addMember, addPeople, removeMember, request, requestIn, setScene, user } from '../arrange.ts'
import { claim } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }

function retryAs(actor: 'owner' | 'admin' | 'platformAdmin', id: string) {
  return as(sql, user(people[actor]), async tx => {
    const [row] = await tx`select * from public.retry_agent_task(${id})`
    return row
  })
}

describe('retry_agent_task', () => {
  const actors = ['owner', 'admin', 'platformAdmin'] as const
  test.each(
    actors.flatMap(
      actor =>
        [
          [actor, 'failed'],
          [actor, 'cancelled'],
        ] as const,
    ),
  )('by %s starts a %s task again, as a new life', async (actor, status) => {
    const id = await requestIn(status, scene, ofOwner)
    const row = await retryAs(actor, id)
    expect(row).toMatchObject({
      id,
      status: 'pending',
      life: 2,
      attempt: 0,
      error: null,
      response_payload: null,
      cancel_requested_at: null,
      finished_at: null,
      ...ofOwner,
    })
    expect(await request(sql, id)).toEqual(row)
    expect(await claim(worker)).toMatchObject([{ task_id: id, life: 2, attempt: 1 }])
  })

  test.each(['scheduled', 'pending', 'processing', 'waiting', 'completed'])(
    'is refused for a %s task',
    async status => {
      const id = await requestIn(status, scene, ofOwner)
      const before = await request(sql, id)
      await expect(retryAs('owner', id)).rejects.toMatchObject({
        code: '22023',
        message: `Only a failed or cancelled task can be retried; this one is ${status}.`,
        hint: 'Submit a new task instead.',
      })
      expect(await request(sql, id)).toEqual(before)
    },
  )

  test('is refused to an owner who has left the enterprise, who may still cancel', async () => {
    const leaver = await addMember(sql, people.acme, 'leaver@acme.test')
    const id = await requestIn('failed', scene, { user_id: leaver, enterprise_id: people.acme })
    const waiting = await requestIn('pending', scene, { user_id: leaver, enterprise_id: people.acme })
    await removeMember(sql, leaver)
    await expect(as(sql, user(leaver), tx => tx`select public.retry_agent_task(${id})`)).rejects.toMatchObject({
      code: '42501',
      message: 'You no longer belong to the enterprise of this task.',
    })
    await as(sql, user(leaver), tx => tx`select public.cancel_agent_task(${waiting})`)
    expect(await request(sql, waiting)).toMatchObject({ status: 'cancelled' })
  })

  test('is refused the second time, for the task is on its way', async () => {
    const id = await requestIn('failed', scene, ofOwner)
    await retryAs('owner', id)
    await expect(retryAs('owner', id)).rejects.toMatchObject({ code: '22023' })
  })

  test('counts against the limit of the owner’s unfinished tasks, also when an admin retries', async () => {
    const id = await requestIn('failed', scene, ofOwner)
    await sql`insert into public.agent_task_requests (user_id) select ${people.owner} from generate_series(1, 100)`
    for (const actor of ['owner', 'admin'] as const)
      await expect(retryAs(actor, id)).rejects.toMatchObject({ code: 'PT429' })
    expect(await request(sql, id)).toMatchObject({ status: 'failed' })
  })

  test('lets a platform admin retry a task of nobody', async () => {
    const id = await requestIn('failed', scene)
    expect(await retryAs('platformAdmin', id)).toMatchObject({ status: 'pending', user_id: null })
  })
})
