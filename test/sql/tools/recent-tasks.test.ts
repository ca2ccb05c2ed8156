import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, setScene, submit, submitAndClaim, user } from '../arrange.ts'
import { type Held, runTool, settle } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }

async function recent(held: Held, limit = 10): Promise<Record<string, unknown>[]> {
  const { output } = await runTool(worker, held, { name: 'recent_tasks', input: { limit } })
  return output as Record<string, unknown>[]
}

const asked = (prompt: string, more = {}) => submit(sql, { ...ofOwner, request_payload: { prompt }, ...more })

describe('agent_tools.recent_tasks', () => {
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

  test('gives twenty where no number is asked for', async () => {
    await sql`insert into public.agent_task_requests (user_id, enterprise_id)
      select ${people.owner}, ${people.acme} from generate_series(1, 30)`
    const { output } = await runTool(worker, await submitAndClaim(scene, ofOwner), { name: 'recent_tasks' })
    expect(output).toHaveLength(20)
  })

  test('tells the agent of a number that is none', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    const { output } = await runTool(worker, held, { name: 'recent_tasks', input: { limit: 'many' } })
    expect(output).toEqual({ error: 'invalid input syntax for type integer: "many"' })
  })

  test("is of no use with the id of another's task", async () => {
    const others = await submit(sql, { user_id: people.admin, enterprise_id: people.acme })
    await submit(sql, { user_id: people.admin, enterprise_id: people.acme })
    const tasks = await as(sql, user(people.owner), tx => tx`select agent_tools.recent_tasks(${others}, '{}') as tasks`)
    expect(tasks).toEqual([{ tasks: [] }])
  })

  test('finds nothing for a task of nobody', async () => {
    await submit(sql)
    expect(await recent(await submitAndClaim(scene))).toEqual([])
  })
})
