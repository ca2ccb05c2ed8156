import { describe, expect, it } from 'vitest'
import { call, handoff, say } from '../../../supabase/local/brain/script.ts'
import { runAgent } from '../../../worker/agents/run-agent.ts'
import { setScene } from '../arrange.ts'
import { takeOver } from './arrange.ts'
import { agentOf, attempt, die, roomWithScripts, says, takeOne, toolOf } from './run-with.ts'

const scene = await setScene()
const [look, other] = [toolOf('look').tool, toolOf('other').tool]

/** The first half by these agents, whose worker dies, and the second half by those. */
async function deploy(before: Parameters<typeof agentOf>[0], after: Parameters<typeof agentOf>[0]) {
  const room = await roomWithScripts(scene, {
    Front: act => (act.results('look').length > 0 ? handoff('Back') : call('look', {})),
    Back: says('done'),
    Rear: says('done'),
    Tester: act => (act.results('look').length > 0 ? say('done') : call('look', {})),
    Renamed: says('done'),
  })
  const held = await takeOne(scene, room)
  const finished = Promise.withResolvers<void>()
  const old = (context: Parameters<typeof runAgent>[0]) =>
    runAgent(context, agentOf(before), 'Go').then(() => finished.resolve())
  await die(room, held, old, finished.promise)
  const calls = room.brain.calls()
  const ending = await attempt(room, await takeOver(scene, room, held), context =>
    runAgent(context, agentOf(after), 'Go'),
  )
  return { ...ending, newCalls: room.brain.calls() - calls }
}

describe('a task that was begun by other code', () => {
  it('goes on when nothing it has used is changed', async () => {
    expect(await deploy({ tools: [look] }, { tools: [look, other] })).toEqual({
      status: 'completed',
      answer: 'done',
      newCalls: 0,
    })
  })

  it.each([
    [
      'whose agent is renamed',
      { tools: [look] },
      { name: 'Renamed', tools: [look] },
      '"Renamed" stands where "Tester" was',
    ],
    ['whose tool is gone', { tools: [look, other] }, { tools: [other] }, 'the tool "look" is gone'],
    [
      'whose handoff leads elsewhere',
      { name: 'Front', tools: [look], handoffs: [agentOf({ name: 'Back' })] },
      { name: 'Front', tools: [look], handoffs: [agentOf({ name: 'Rear' })] },
      'the tool "transfer_to_Back" is gone',
    ],
  ])('and %s fails with agents_changed', async (_, before, after, why) => {
    const ending = await deploy(before, after)
    expect(ending).toMatchObject({ status: 'failed', code: 'agents_changed', newCalls: 0 })
    const [row] = await scene.sql`select error ->> 'message' as message from public.agent_task_requests`
    expect(row?.message).toContain(why)
  })
})
