import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { call, say } from '../../../supabase/local/brain/script.ts'
import type { TaskContext } from '../../../worker/agents/context.ts'
import { runAgent } from '../../../worker/agents/run-agent.ts'
import { governed } from '../../../worker/agents/tool-policy.ts'
import { userTool } from '../../../worker/agents/user-tool.ts'
import { addUser } from '../../support/roles.ts'
import { setScene } from '../arrange.ts'
import { stepsOf, takeOver } from './arrange.ts'
import { agentOf, attempt, decide, dieBeforeCall, questionsOf, resume, roomWithScripts, takeOne } from './run-with.ts'

const scene = await setScene()
const { sql } = scene
const user = await addUser(sql, 'payer@liverow.test')

beforeAll(async () => {
  await sql.unsafe(`
    create table public.payments (id bigint generated always as identity, by uuid default auth.uid(), amount numeric);
    grant insert on public.payments to authenticated;
    create function agent_tools.pay(p_task uuid, p_input jsonb) returns jsonb language sql set search_path = '' as $$
      insert into public.payments (amount) values ((p_input ->> 'amount')::numeric);
      select jsonb_build_object('paid', p_input -> 'amount')
    $$;
    grant execute on function agent_tools.pay to authenticated;`)
})
afterEach(() => sql`delete from public.payments`)

const pay = () =>
  governed(
    userTool({
      name: 'pay',
      description: '.',
      parameters: z.object({ amount: z.number().max(1_000) }),
      needsApproval: ({ amount }) => amount > 50,
    }),
    { approval: { mayEdit: true } },
  )
const pipeline = (context: TaskContext) => runAgent(context, agentOf({ tools: [pay()] }), 'Go')
const paid = async () => (await sql`select by, amount::float from public.payments`).map(row => [row.by, row.amount])

const room = (amount: unknown) =>
  roomWithScripts(scene, {
    Tester: act =>
      act.results('pay').length > 0 ? say(String(act.results('pay')[0]?.output)) : call('pay', { amount }),
  })

describe('a tool of SQL', () => {
  it('acts as the user, once, and says the same in each attempt', async () => {
    const its = await room(5)
    const held = await takeOne(scene, its, { user_id: user })
    await dieBeforeCall(2, its, held, pipeline)
    const ending = await attempt(its, await takeOver(scene, its, held), pipeline)
    expect(ending.answer).toBe('{"paid":5}')
    expect(await paid()).toEqual([[user, 5]])
  })

  it('says the same in each attempt also where the approver edited its arguments', async () => {
    const its = await room(500)
    const held = await takeOne(scene, its, { user_id: user })
    expect(await attempt(its, held, pipeline)).toEqual({ status: 'waiting' })
    await decide(scene, held, 'pay', 'approve', { edited: { amount: 60 } })
    const second = await resume(its)
    await dieBeforeCall(1, its, second, pipeline)
    const ending = await attempt(its, await takeOver(scene, its, second), pipeline)
    const note = 'The person who approved this call changed its arguments to {"amount":60}.'
    expect(JSON.parse(String(ending.answer))).toEqual({ paid: 60, note })
    expect(await paid()).toEqual([[user, 60]])
  })

  it('that was edited by one and rejected by another says the same in each attempt', async () => {
    const its = await room(500)
    const held = await takeOne(scene, its, { user_id: user })
    await attempt(its, held, pipeline)
    await sql`update public.agent_approvals set edited_arguments = '{"amount": 60}'`
    await decide(scene, held, 'pay', 'reject')
    const second = await resume(its)
    await dieBeforeCall(1, its, second, pipeline)
    const ending = await attempt(its, await takeOver(scene, its, second), pipeline)
    expect(ending.answer).toBe('A person rejected this call.')
    expect(await paid()).toEqual([])
  })

  // PostgreSQL reads 5_00 as a number and JavaScript does not: it would pass by the condition.
  it.each([['5_00'], [5_000], [null]])(
    'does not run with %j, which its schema refuses, and asks nobody',
    async amount => {
      const its = await room(amount)
      const held = await takeOne(scene, its, { user_id: user })
      const ending = await attempt(its, held, pipeline)
      expect(ending.answer).toMatch(/error/i)
      expect(await paid()).toEqual([])
      expect(await questionsOf(scene, held)).toEqual([])
      expect((await stepsOf(scene, held.task)).map(({ kind, status }) => [kind, status])).toContainEqual([
        'tool',
        'done',
      ])
    },
  )
})
