import { describe, expect, test } from 'vitest'
import { addPeople, edit, setScene, submit, submitAndClaim } from '../arrange.ts'
import { type Held, settle } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }
const WHO = ['role', 'request.jwt.claims', 'request.jwt.claim.sub', 'request.jwt.claim', 'request.jwt.claim.role']

async function recent({ task, lease }: Held, limit = 10): Promise<Record<string, unknown>[]> {
  const [row] = await worker`select worker.recent_tasks(${task}, ${lease}, ${limit}) as tasks`
  return row?.tasks
}

const asked = (prompt: string, more = {}) => submit(sql, { ...ofOwner, request_payload: { prompt }, ...more })

describe('worker.recent_tasks', () => {
  test('tells an agent what its user has asked before, and the answer', async () => {
    const old = await submitAndClaim(scene, { ...ofOwner, request_payload: { prompt: 'What is a tide?' } })
    await settle(worker, {
      ...old,
      outcome: 'completed',
      detail: { response: { answer: 'Water that comes and goes.' } },
    })
    expect(await recent(await submitAndClaim(scene, ofOwner))).toEqual([
      {
        created_at: expect.any(String),
        kind: 'assistant',
        status: 'completed',
        prompt: 'What is a tide?',
        answer: 'Water that comes and goes.',
      },
    ])
  })

  test('tells nothing of other enterprises, whose admins could not see it otherwise', async () => {
    await submit(sql, { user_id: people.owner, enterprise_id: people.globex, request_payload: { prompt: 'A secret' } })
    await submit(sql, { user_id: people.owner, request_payload: { prompt: 'A diary' } })
    const prompts = (await recent(await submitAndClaim(scene, ofOwner))).map(task => task.prompt)
    expect(prompts).not.toContain('A secret')
    expect(prompts).not.toContain('A diary')
    const own = await recent(await submitAndClaim(scene, { user_id: people.owner, enterprise_id: null }))
    expect(own.map(task => task.prompt)).toEqual(['A diary'])
  })

  test('gives the newest first, and no more than asked for', async () => {
    for (const prompt of ['one', 'two', 'three']) await asked(prompt)
    const tasks = await recent(await submitAndClaim(scene, ofOwner), 2)
    expect(tasks.map(task => task.prompt)).toEqual(['three', 'two'])
  })

  test('never gives more than twenty', async () => {
    await sql`insert into public.agent_task_requests (user_id, enterprise_id)
      select ${people.owner}, ${people.acme} from generate_series(1, 30)`
    expect(await recent(await submitAndClaim(scene, ofOwner), 1000)).toHaveLength(20)
  })

  test('cuts long prompts and answers', async () => {
    await asked('x'.repeat(5000))
    expect(await recent(await submitAndClaim(scene, ofOwner))).toMatchObject([{ prompt: 'x'.repeat(200) }])
  })

  test.each(['colleague', 'stranger', 'admin', 'platformAdmin'] as const)(
    "never gives another's: the %s's",
    async actor => {
      await submit(sql, { user_id: people[actor], enterprise_id: people.acme })
      await submit(sql)
      expect(await recent(await submitAndClaim(scene, ofOwner))).toEqual([])
    },
  )

  test.each(['admin', 'platformAdmin'] as const)(
    'gives the %s no more than the own ones, though they may see all',
    async actor => {
      await asked("the owner's")
      await submit(sql, { user_id: people[actor], enterprise_id: people.acme, request_payload: { prompt: 'own' } })
      const tasks = await recent(await submitAndClaim(scene, { user_id: people[actor], enterprise_id: people.acme }))
      expect(tasks.map(task => task.prompt)).toEqual(['own'])
    },
  )

  test("acts with the user's rights: what policies hide is hidden from the agent", async () => {
    await asked('hidden')
    await sql`create policy hidden on public.agent_task_requests as restrictive for select to authenticated using (request_payload ->> 'prompt' <> 'hidden')`
    const tasks = await recent(await submitAndClaim(scene, { ...ofOwner, request_payload: { prompt: 'hidden' } }))
    await sql`drop policy hidden on public.agent_task_requests`
    expect(tasks).toEqual([])
  })

  test('leaves role and claims as they were', async () => {
    await asked('one')
    const held = await submitAndClaim(scene, ofOwner)
    const who = () =>
      worker`select name, coalesce(current_setting(name, true), '') as value from unnest(${WHO}::text[]) name`
    await worker`begin`
    await worker`select set_config('request.jwt.claims', '{"role": "service_role"}', true), set_config('request.jwt.claim.role', 'service_role', true)`
    const before = await who()
    await recent(held)
    const after = await who()
    await worker`commit`
    expect(after).toEqual(before)
    expect(before[0]).toEqual({ name: 'role', value: 'service_role' })
  })

  test('leaves no claims where there were none', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await worker`begin`
    await recent(held)
    expect(await worker`select auth.uid(), auth.role(), current_user::text`).toEqual([
      { uid: null, role: null, current_user: 'service_role' },
    ])
    await worker`commit`
  })

  test('works for a connection that took on no role', async () => {
    await asked('one')
    const { task, lease } = await submitAndClaim(scene, ofOwner)
    const [row] = await sql.begin(async tx => {
      const [{ tasks } = { tasks: [] }] = await tx`select worker.recent_tasks(${task}, ${lease}, 5) as tasks`
      return tx`select current_user = session_user as same, jsonb_array_length(${tx.json(tasks)}) as tasks`
    })
    expect(row).toEqual({ same: true, tasks: 1 })
  })

  test('is refused to an attempt that has lost its lease', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await edit(sql, held.task, { status: 'pending' })
    await expect(recent(held)).rejects.toMatchObject({ code: 'AT001', message: 'This attempt has lost its lease.' })
  })

  test('finds nothing for a task of nobody', async () => {
    await submit(sql)
    expect(await recent(await submitAndClaim(scene))).toEqual([])
  })
})
