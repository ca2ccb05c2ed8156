import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { setScene, submitAndClaim } from '../arrange.ts'
import { only } from '../only.ts'
import { ACTORS, castAndTasks, SEES } from '../rights/cast.ts'
import { recordSteps, step } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const calls = () => sql`select * from public.agent_tool_calls order by id`
const started = step('tool:/c1', {
  kind: 'tool',
  name: 'send_mail',
  status: 'started',
  output: null,
  input: { to: 'ada' },
  seconds: 2,
})

describe('agent_tool_calls', () => {
  test('tells who did what, for whom, with what result, and how long it took', async () => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, held, started, step('model::1'))
    await recordSteps(worker, held, step('tool:/c1', { kind: 'tool', name: 'send_mail', output: 'Sent.' }))
    const [row, ...others] = await calls()
    expect(others).toEqual([])
    expect(row).toMatchObject({
      task_id: held.task,
      life: 1,
      attempt: 1,
      enterprise_id: null,
      user_id: null,
      agent: 'assistant',
      tool_name: 'send_mail',
      input: { to: 'ada' },
      result: 'Sent.',
      status: 'done',
      started_at: expect.any(Date),
    })
    expect(Number(only(row).seconds)).toBeGreaterThanOrEqual(2)
  })

  test('tells of a call that has not ended', async () => {
    await recordSteps(worker, await submitAndClaim(scene), started)
    expect(await calls()).toMatchObject([{ status: 'started', result: null, seconds: null }])
  })

  describe('is read', () => {
    test.each(ACTORS.filter(actor => actor !== 'anonymous'))('by the %s as far as the tasks are', async actor => {
      const { tasks, nameOf, caller } = await cast()
      const seen = await as(sql, caller(actor), tx => tx`select task_id from public.agent_tool_calls`)
      expect(seen.map(row => nameOf(row.task_id)).sort()).toEqual(SEES[actor as keyof typeof SEES])
      expect(tasks.size).toBe(6)
    })

    test('not by the anonymous', async () => {
      const read = as(sql, { role: 'anon' }, tx => tx`select from public.agent_tool_calls`)
      await expect(read).rejects.toMatchObject({ code: '42501' })
    })

    test.each([
      'insert into public.agent_tool_calls (task_id) values (null)',
      'update public.agent_tool_calls set life = 2',
    ])('and not written by users: %s', async statement => {
      const { caller } = await cast()
      await expect(as(sql, caller('owner'), tx => tx.unsafe(statement))).rejects.toMatchObject({
        code: expect.stringMatching(/42501|55000/),
      })
    })
  })

  /** Everybody, and a tool call in each of the tasks. */
  async function cast() {
    await sql`delete from public.enterprises`
    await sql`delete from auth.users`
    const everybody = await castAndTasks(sql)
    await sql`
      insert into public.agent_task_steps (task_id, life, attempt, key, kind, agent, name, status, started_at)
      select id, 1, 1, 'tool:/c1', 'tool', 'assistant', 'clock', 'started', now() from public.agent_task_requests`
    return everybody
  }
})
