import { describe, expect, it } from 'vitest'
import { call, say } from '../../../supabase/local/brain/script.ts'
import type { TaskContext } from '../../../worker/agents/context.ts'
import { runAgent } from '../../../worker/agents/run-agent.ts'
import { setScene } from '../arrange.ts'
import { stepsOf } from './arrange.ts'
import { agentOf, attempt, roomWithScripts, takeOne, toolOf } from './run-with.ts'

const scene = await setScene()
const { sql } = scene

const twoCalls = {
  Tester: (act: { results: (tool: string) => object[] }) =>
    act.results('look').length > 0 ? say('All done.') : [say('Let me look.'), call('look', {})],
}
const pipeline = (context: TaskContext) => runAgent(context, agentOf({ tools: [toolOf('look').tool] }), 'Go')

describe('a task', () => {
  it('whose budget is spent ends with budget_exhausted, and keeps what was said', async () => {
    const room = await roomWithScripts(scene, twoCalls)
    const held = await takeOne(scene, room, { token_budget: 1 })
    expect(await attempt(room, held, pipeline)).toEqual({ status: 'failed', code: 'budget_exhausted' })
    expect(room.brain.calls()).toBe(1)
    const [row] = await sql`select response_payload, error from public.agent_task_requests`
    expect(row?.response_payload).toEqual({ answer: 'Let me look.', partial: true })
    expect(row?.error.message).toContain('budget of tokens')
  })

  it('has what each call cost in its steps, by the prices of the operator', async () => {
    const prices = { 'gpt-test': { input: 1_000, output: 2_000 } }
    const room = await roomWithScripts(scene, twoCalls, { prices })
    const held = await takeOne(scene, room)
    await attempt(room, held, pipeline)
    for (const { usage, cost } of (await stepsOf(scene, held.task)).filter(({ kind }) => kind === 'model')) {
      const { inputTokens, outputTokens } = usage as { inputTokens: number; outputTokens: number }
      expect(Number(cost)).toBeCloseTo((inputTokens * 1_000 + outputTokens * 2_000) / 1e6, 8)
      expect(Number(cost)).toBeGreaterThan(0)
    }
  })

  it('waits a little for the rate limit, in its slot', async () => {
    await sql`insert into worker.rate_limits (model, requests_per_minute, requests_left, filled_at)
      values ('gpt-test', 60, 1.8, clock_timestamp())`
    const room = await roomWithScripts(scene, twoCalls)
    const held = await takeOne(scene, room)
    const startedAt = performance.now()
    expect(await attempt(room, held, pipeline)).toMatchObject({ status: 'completed', answer: 'All done.' })
    expect(performance.now() - startedAt).toBeGreaterThan(100)
    await sql`delete from worker.rate_limits`
  })

  it('goes back to the queue where the rate limit would take long', async () => {
    await sql`insert into worker.rate_limits (model, requests_per_minute, requests_left, filled_at)
      values ('gpt-test', 1, 1, clock_timestamp())`
    const room = await roomWithScripts(scene, twoCalls)
    const held = await takeOne(scene, room)
    expect(await attempt(room, held, pipeline)).toMatchObject({ status: 'scheduled', code: 'rate_limited' })
    expect(room.brain.calls()).toBe(1)
    await sql`delete from worker.rate_limits`
  })
})
