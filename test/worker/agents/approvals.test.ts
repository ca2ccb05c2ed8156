import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { call, say } from '../../../supabase/local/brain/script.ts'
import { agentTool } from '../../../worker/agents/agent-tool.ts'
import { runAgent } from '../../../worker/agents/run-agent.ts'
import { setScene } from '../arrange.ts'
import { deltasOf, stepsOf, takeOver } from './arrange.ts'
import {
  agentOf,
  attempt,
  decide,
  die,
  dieBeforeCall,
  questionsOf,
  type roomWithScripts as Room,
  resume,
  roomWithScripts,
  takeOne,
  toolOf,
} from './run-with.ts'

const scene = await setScene()

type Turn = Parameters<typeof Room>[1][string]
type Tools = ReturnType<typeof toolOf>[]

/** Calls these at once, and says what it heard. */
const callsAll =
  (...calls: [name: string, args: object][]): Turn =>
  act => {
    const heard = [...new Set(calls.map(([name]) => name))].flatMap(name => act.results(name))
    return heard.length > 0
      ? say(heard.map(each => each.output).join('; '))
      : calls.map(([name, args]) => call(name, args))
  }

const money = z.object({ amount: z.number() })
const runs =
  (...tools: Tools) =>
  (context: Parameters<typeof runAgent>[0]) =>
    runAgent(context, agentOf({ tools: tools.map(each => each.tool) }), 'Go')

describe('a tool that needs consent', () => {
  it('is asked about once, holds nothing, and goes on when it is approved', async () => {
    const room = await roomWithScripts(scene, { Tester: callsAll(['pay', { amount: 5 }]) })
    const pay = toolOf('pay', { needsApproval: true, parameters: money })
    const held = await takeOne(scene, room)
    expect(await attempt(room, held, runs(pay))).toEqual({ status: 'waiting' })
    expect(pay.calls).toEqual([])
    expect(await questionsOf(scene, held)).toMatchObject([
      {
        tool_name: 'pay',
        agent: 'Tester',
        status: 'open',
        arguments: { amount: 5 },
        key: expect.stringMatching(/^tool:\/call_/),
      },
    ])
    expect((await deltasOf(scene, held.task)).filter(({ kind }) => kind === 'asked')).toHaveLength(1)
    await decide(scene, held, 'pay', 'approve')
    expect(await attempt(room, await resume(room), runs(pay))).toEqual({ status: 'completed', answer: 'pay done' })
    expect(pay.calls).toEqual([{ amount: 5 }])
    expect(room.brain.calls()).toBe(2)
    expect(await questionsOf(scene, held)).toHaveLength(1)
  })

  it('does not run when it is rejected, and the agent is told why', async () => {
    const room = await roomWithScripts(scene, { Tester: callsAll(['pay', { amount: 5 }]) })
    const pay = toolOf('pay', { needsApproval: true, parameters: money })
    const held = await takeOne(scene, room)
    await attempt(room, held, runs(pay))
    await decide(scene, held, 'pay', 'reject', { reason: 'Too early.' })
    const ending = await attempt(room, await resume(room), runs(pay))
    expect(ending.answer).toBe('A person rejected this call. Reason: Too early.')
    expect(pay.calls).toEqual([])
  })

  it('does not run when nobody decided in time, and the agent is told', async () => {
    const room = await roomWithScripts(scene, { Tester: callsAll(['pay', { amount: 5 }]) })
    const pay = toolOf('pay', { needsApproval: true, parameters: money, approval: { expiresHours: 1 } })
    const held = await takeOne(scene, room)
    await attempt(room, held, runs(pay))
    await scene.sql`update public.agent_approvals set expires_at = now() - interval '1 second'`
    await scene.sql`select worker.upkeep(10)`
    const ending = await attempt(room, await resume(room), runs(pay))
    expect(ending.answer).toBe('Nobody decided on this call in time, so it was not run.')
    expect(pay.calls).toEqual([])
  })

  it('runs with the arguments as the approver edited them, and the agent hears of it, in each attempt the same', async () => {
    const room = await roomWithScripts(scene, { Tester: callsAll(['pay', { amount: 5 }]) })
    const pay = toolOf('pay', { needsApproval: true, parameters: money, approval: { mayEdit: true } })
    const held = await takeOne(scene, room)
    await attempt(room, held, runs(pay))
    await decide(scene, held, 'pay', 'approve', { edited: { amount: 3 } })
    const second = await resume(room)
    await dieBeforeCall(1, room, second, runs(pay))
    const ending = await attempt(room, await takeOver(scene, room, second), runs(pay))
    expect(ending.answer).toBe('The person who approved this call changed its arguments to {"amount":3}.\npay done')
    expect(pay.calls).toEqual([{ amount: 3 }])
    const [, tool] = await stepsOf(scene, held.task)
    expect(tool).toMatchObject({ kind: 'tool', input: { amount: 3 } })
  })

  it('is not asked about where its own condition does not ask', async () => {
    const room = await roomWithScripts(scene, { Tester: callsAll(['pay', { amount: 5 }], ['pay', { amount: 500 }]) })
    const pay = toolOf('pay', { needsApproval: ({ amount }) => Number(amount) > 50, parameters: money })
    const held = await takeOne(scene, room)
    expect(await attempt(room, held, runs(pay))).toEqual({ status: 'waiting' })
    expect(pay.calls).toEqual([{ amount: 5 }])
    expect(await questionsOf(scene, held)).toMatchObject([{ arguments: { amount: 500 } }])
  })

  it('has its condition judge what the schema reads, not what the model wrote', async () => {
    const room = await roomWithScripts(scene, {
      Tester: callsAll(['pay', { amount: ' 5_00' }], ['pay', { amount: '500' }]),
    })
    const coerced = z.object({ amount: z.coerce.number() })
    const pay = toolOf('pay', {
      needsApproval: ({ amount }) => typeof amount === 'number' && amount > 50,
      parameters: coerced,
    })
    const held = await takeOne(scene, room)
    expect(await attempt(room, held, runs(pay))).toEqual({ status: 'waiting' })
    // The first does not fit the schema: the agent is told, and nobody is asked.
    expect(await questionsOf(scene, held)).toMatchObject([{ arguments: { amount: '500' } }])
    expect(pay.calls).toEqual([])
  })

  it('waits for the second of two when only one is decided', async () => {
    const room = await roomWithScripts(scene, { Tester: callsAll(['pay', { amount: 5 }], ['sign', {}]) })
    const pay = toolOf('pay', { needsApproval: true, parameters: money })
    const sign = toolOf('sign', { needsApproval: true })
    const held = await takeOne(scene, room)
    await attempt(room, held, runs(pay, sign))
    expect(await questionsOf(scene, held)).toHaveLength(2)
    await decide(scene, held, 'pay', 'approve')
    await expect(resume(room)).rejects.toThrow()
    await decide(scene, held, 'sign', 'reject')
    const ending = await attempt(room, await resume(room), runs(pay, sign))
    expect(ending.answer).toBe('pay done; A person rejected this call.')
  })

  it('in a nested agent parks the whole task, whose answer is not journalled before', async () => {
    const room = await roomWithScripts(scene, {
      Tester: callsAll(['ask_inner', { input: 'go' }], ['look', {}]),
      Inner: callsAll(['pay', { amount: 5 }]),
    })
    const pay = toolOf('pay', { needsApproval: true, parameters: money })
    const look = toolOf('look')
    const pipeline = (context: Parameters<typeof runAgent>[0]) => {
      const inner = agentOf({ name: 'Inner', tools: [pay.tool] })
      const asking = agentTool(inner, { name: 'ask_inner', description: '.' })
      return runAgent(context, agentOf({ tools: [asking, look.tool] }), 'Go')
    }
    const held = await takeOne(scene, room)
    expect(await attempt(room, held, pipeline)).toEqual({ status: 'waiting' })
    expect(await questionsOf(scene, held)).toMatchObject([
      { agent: 'Inner', key: expect.stringMatching(/^tool:\/call_[^/]+\/call_[^/]+$/) },
    ])
    await decide(scene, held, 'pay', 'approve')
    expect(await attempt(room, await resume(room), pipeline)).toEqual({
      status: 'completed',
      answer: 'pay done; look done',
    })
    expect([pay.calls.length, look.calls.length]).toEqual([1, 1])
    expect(room.brain.calls()).toBe(4)
  })

  it('may be decided while a sibling still runs: the task does not wait at all', async () => {
    const room = await roomWithScripts(scene, { Tester: callsAll(['pay', { amount: 5 }], ['look', {}]) })
    const pay = toolOf('pay', { needsApproval: true, parameters: money })
    const held = await takeOne(scene, room)
    const look = toolOf('look', {}, async () => {
      while ((await questionsOf(scene, held)).length === 0);
      await decide(scene, held, 'pay', 'approve')
      return 'looked'
    })
    expect(await attempt(room, held, runs(pay, look))).toEqual({ status: 'pending' })
    const ending = await attempt(room, await resume(room), runs(pay, look))
    expect(ending.answer).toBe('pay done; looked')
    expect(look.calls).toHaveLength(1)
  })

  it('that was asked about is void when its task is cancelled while parked', async () => {
    const room = await roomWithScripts(scene, { Tester: callsAll(['pay', { amount: 5 }]) })
    const pay = toolOf('pay', { needsApproval: true, parameters: money })
    const held = await takeOne(scene, room)
    await attempt(room, held, runs(pay))
    await scene.sql`select public.cancel_agent_task(${held.task.id})`
    expect(await questionsOf(scene, held)).toMatchObject([{ status: 'void' }])
    await expect(resume(room)).rejects.toThrow()
    expect(pay.calls).toEqual([])
  })

  it('is asked about anew in a new life', async () => {
    const room = await roomWithScripts(scene, { Tester: callsAll(['pay', { amount: 5 }]) })
    const pay = toolOf('pay', { needsApproval: true, parameters: money })
    const held = await takeOne(scene, room)
    await attempt(room, held, runs(pay))
    await decide(scene, held, 'pay', 'approve')
    await scene.sql`update public.agent_task_requests set status = 'cancelled' where id = ${held.task.id}`
    await scene.sql`update public.agent_task_requests set status = 'pending' where id = ${held.task.id}`
    expect(await attempt(room, await resume(room), runs(pay))).toEqual({ status: 'waiting' })
    expect((await questionsOf(scene, held)).map(({ status }) => status)).toEqual(['approved', 'open'])
    expect(pay.calls).toEqual([])
  })
})

describe('a tool that was under way when its worker died', () => {
  const dying = async (inFlight: 'rerun' | 'fail' | 'ask') => {
    const room = await roomWithScripts(scene, { Tester: callsAll(['pay', { amount: 5 }]) })
    const began = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const ids: string[] = []
    const deaths = { left: 1 }
    const pay = toolOf('pay', { inFlight, parameters: money }, (_, { callId, signal }) => {
      ids.push(callId)
      if (deaths.left-- <= 0) return 'paid'
      began.shift()?.resolve()
      return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    })
    const held = await takeOne(scene, room)
    await die(room, held, runs(pay), began[0]?.promise as Promise<void>)
    return { room, pay, ids, held, deaths, began }
  }

  it('runs again by default, with the same id', async () => {
    const { room, pay, ids, held } = await dying('rerun')
    expect((await attempt(room, await takeOver(scene, room, held), runs(pay))).answer).toBe('paid')
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  it('does not run again where its policy says so, and the agent is told that its outcome is unknown', async () => {
    const { room, pay, ids, held } = await dying('fail')
    const ending = await attempt(room, await takeOver(scene, room, held), runs(pay))
    expect(ending.answer).toMatch(/^It is not known whether this call had its effect/)
    expect(ids).toHaveLength(1)
  })

  it('runs again where a person said so', async () => {
    const { room, pay, ids, held } = await dying('ask')
    expect(await attempt(room, await takeOver(scene, room, held), runs(pay))).toEqual({ status: 'waiting' })
    expect(await questionsOf(scene, held)).toMatchObject([{ key: expect.stringMatching(/^again:tool:/) }])
    await decide(scene, held, 'pay', 'approve')
    expect((await attempt(room, await resume(room), runs(pay))).answer).toBe('paid')
    expect(ids).toHaveLength(2)
  })

  it('does not run again where a person said no, and the agent is told', async () => {
    const { room, pay, ids, held } = await dying('ask')
    await attempt(room, await takeOver(scene, room, held), runs(pay))
    await decide(scene, held, 'pay', 'reject', { reason: 'I looked: it is paid.' })
    const ending = await attempt(room, await resume(room), runs(pay))
    expect(ending.answer).toMatch(/^A person decided not to run it again.* Reason: I looked: it is paid\.$/)
    expect(ids).toHaveLength(1)
  })

  it('is asked about once more when the next worker dies in it, too', async () => {
    const { room, pay, ids, held, deaths, began } = await dying('ask')
    await attempt(room, await takeOver(scene, room, held), runs(pay))
    await decide(scene, held, 'pay', 'approve')
    deaths.left = 1
    const second = await resume(room)
    await die(room, second, runs(pay), began[0]?.promise as Promise<void>)
    expect(await attempt(room, await takeOver(scene, room, second), runs(pay))).toEqual({ status: 'waiting' })
    expect(ids).toHaveLength(2)
    await decide(scene, held, 'pay', 'approve')
    expect((await attempt(room, await resume(room), runs(pay))).answer).toBe('paid')
    expect(await questionsOf(scene, held)).toHaveLength(2)
  })
})
