import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { call, fail, handoff, say } from '../../../supabase/local/brain/script.ts'
import { agentTool } from '../../../worker/agents/agent-tool.ts'
import { runAgent } from '../../../worker/agents/run-agent.ts'
import { setScene } from '../arrange.ts'
import { deltasOf, stepsOf, takeOver } from './arrange.ts'
import { agentOf, attempt, dieBeforeCall, roomWithScripts, takeOne, toolOf } from './run-with.ts'

const scene = await setScene()

/** Asks a tool first, and says what it heard. */
const asks =
  (tool: string, args: object = {}) =>
  (act: Parameters<Parameters<typeof roomWithScripts>[1][string]>[0]) =>
    act.results(tool).length > 0 ? say(`heard ${act.results(tool).map(each => each.output)}`) : call(tool, args)

const ask = agentTool

describe('keys of the journal', () => {
  it('hold the path of the calls that lead to nested agents', async () => {
    const room = await roomWithScripts(scene, {
      Outer: asks('ask_inner', { input: 'Inner, go' }),
      Inner: asks('ask_core', { input: 'Core, go' }),
      Core: asks('dig'),
    })
    const dig = toolOf('dig')
    const cast = () => {
      const core = agentOf({ name: 'Core', tools: [dig.tool] })
      const inner = agentOf({ name: 'Inner', tools: [ask(core, { name: 'ask_core', description: '.' })] })
      return agentOf({ name: 'Outer', tools: [ask(inner, { name: 'ask_inner', description: '.' })] })
    }
    const held = await takeOne(scene, room)
    const ending = await attempt(room, held, context => runAgent(context, cast(), 'Go'))
    expect(ending).toMatchObject({ status: 'completed', answer: 'heard heard heard dig done' })
    const keys = (await stepsOf(scene, held.task)).map(step => String(step.key).replaceAll(/call_[\w-]+/g, '#'))
    expect(keys).toEqual([
      'model::0',
      'tool:/#',
      'model:/#:0',
      'tool:/#/#',
      'model:/#/#:0',
      'tool:/#/#/#',
      'model:/#/#:1',
      'model:/#:1',
      'model::1',
    ])
    expect((await stepsOf(scene, held.task)).map(step => step.agent)).toEqual([
      ...['Outer', 'Outer', 'Inner', 'Inner', 'Core', 'Core', 'Core', 'Inner', 'Outer'],
    ])
  })

  it('keep apart two runs at once and the same agent asked twice at once', async () => {
    const room = await roomWithScripts(scene, {
      Outer: act =>
        act.results('ask_inner').length > 0
          ? say(
              act
                .results('ask_inner')
                .map(each => each.output)
                .sort()
                .join(' and '),
            )
          : [call('ask_inner', { input: 'one' }), call('ask_inner', { input: 'two' })],
      Inner: act => say(`I am ${act.prompt}`),
    })
    const cast = () =>
      agentOf({ name: 'Outer', tools: [ask(agentOf({ name: 'Inner' }), { name: 'ask_inner', description: '.' })] })
    const held = await takeOne(scene, room)
    const ending = await attempt(room, held, async context => {
      const runs = ['left', 'right'].map(name => runAgent(context, cast(), name, { name }))
      return (await Promise.all(runs)).join('; ')
    })
    expect(ending.answer).toBe('I am one and I am two; I am one and I am two')
    const keys = (await stepsOf(scene, held.task)).map(step => String(step.key).replaceAll(/call_[\w-]+/g, '#')).sort()
    expect(keys).toEqual(
      ['left', 'right']
        .flatMap(name => [
          ...[`model:${name}/#:0`, `model:${name}/#:0`, `model:${name}:0`, `model:${name}:1`],
          ...[`tool:${name}/#`, `tool:${name}/#`],
        ])
        .sort(),
    )
  })

  it('would mix two runs of the same name, so the second is refused', async () => {
    const room = await roomWithScripts(scene, {})
    const held = await takeOne(scene, room)
    await expect(
      attempt(room, held, async context => {
        await runAgent(context, agentOf({}), 'Go', { name: 'twin' })
        return runAgent(context, agentOf({}), 'Go', { name: 'twin' })
      }),
    ).rejects.toThrow('Two runs of a task are named "twin"')
  })
})

describe('a tool', () => {
  it('made by asTool alone is refused, with the remedy', async () => {
    const room = await roomWithScripts(scene, {})
    const held = await takeOne(scene, room)
    const raw = agentOf({ name: 'Raw' }).asTool({ toolName: 'raw', toolDescription: '.' })
    await expect(
      attempt(room, held, context => runAgent(context, agentOf({ tools: [raw as never] }), 'Go')),
    ).rejects.toThrow('Make the tool "raw" with agentTool() instead of asTool().')
    expect(room.brain.calls()).toBe(0)
  })

  it('may belong to several agents of a run', async () => {
    const room = await roomWithScripts(scene, {
      First: act => (act.results('stamp').length > 0 ? handoff('Second') : call('stamp', {})),
      Second: act =>
        act.results('stamp').length > 1
          ? say(
              act
                .results('stamp')
                .map(each => each.output)
                .join(),
            )
          : call('stamp', {}),
    })
    const stamp = toolOf('stamp', { inFlight: 'fail' })
    const held = await takeOne(scene, room)
    const ending = await attempt(room, held, context => {
      const second = agentOf({ name: 'Second', tools: [stamp.tool] })
      return runAgent(context, agentOf({ name: 'First', tools: [stamp.tool], handoffs: [second] }), 'Go')
    })
    expect(ending.answer).toBe('stamp done,stamp done')
    expect(stamp.calls).toHaveLength(2)
    const tools = (await stepsOf(scene, held.task)).filter(step => step.kind === 'tool')
    expect(tools.map(step => step.agent)).toEqual(['First', 'Second'])
  })

  it('may belong to tasks that run at once, and each has its own calls', async () => {
    const room = await roomWithScripts(scene, { Tester: asks('stamp') })
    const together = Promise.withResolvers<void>()
    const stamp = toolOf('stamp', {}, async () => {
      if (stamp.calls.length === 2) together.resolve()
      await together.promise
      return 'stamped'
    })
    const helds = [await takeOne(scene, room), await takeOne(scene, room)]
    const endings = await Promise.all(
      helds.map(held => attempt(room, held, context => runAgent(context, agentOf({ tools: [stamp.tool] }), 'Go'))),
    )
    expect(endings.map(({ answer }) => answer)).toEqual(['heard stamped', 'heard stamped'])
    for (const held of helds) {
      expect((await stepsOf(scene, held.task)).filter(step => step.kind === 'tool')).toHaveLength(1)
    }
  })
})

describe('an agent', () => {
  it('may belong to tasks that run at once, and each has its own guardrails and names', async () => {
    const room = await roomWithScripts(scene, { Shared: act => say(`I heard ${act.prompt}`) })
    const judged: string[] = []
    const guardrail = {
      name: 'care',
      execute: async ({ input }: { input: unknown }) => {
        judged.push(JSON.stringify(input))
        return { tripwireTriggered: false, outputInfo: null }
      },
    }
    const shared = agentOf({ name: 'Shared', inputGuardrails: [guardrail] })
    const helds = [await takeOne(scene, room), await takeOne(scene, room)]
    const endings = await Promise.all(
      helds.map((held, n) => attempt(room, held, context => runAgent(context, shared, `task ${n}`))),
    )
    expect(endings.map(({ answer }) => answer)).toEqual(['I heard task 0', 'I heard task 1'])
    expect(judged).toHaveLength(2)
    for (const held of helds) {
      expect((await stepsOf(scene, held.task)).map(({ kind, agent }) => [kind, agent])).toEqual([
        ['guardrail', 'Shared'],
        ['model', 'Shared'],
      ])
      const heard = (await deltasOf(scene, held.task)).filter(({ kind }) => kind === 'agent')
      expect(heard).toHaveLength(1)
    }
  })
})

describe('what ends a nested agent', () => {
  const cast = (tools = [toolOf('dig').tool]) =>
    agentOf({
      name: 'Outer',
      tools: [ask(agentOf({ name: 'Inner', tools }), { name: 'ask_inner', description: '.', timeoutSeconds: 1 })],
    })

  it('ends the task, and does not pass for the text of a tool', async () => {
    const room = await roomWithScripts(scene, {
      Outer: asks('ask_inner', { input: 'go' }),
      Inner: act => (act.turn === 0 ? fail(401) : say('fine')),
    })
    const held = await takeOne(scene, room)
    expect(await attempt(room, held, context => runAgent(context, cast(), 'Go'))).toMatchObject({
      code: 'provider_auth',
    })
    const tools = (await stepsOf(scene, held.task)).filter(step => step.kind === 'tool')
    expect(tools).toMatchObject([{ name: 'ask_inner', status: 'started', output: null }])
  })

  it('by its time limit is told to who asked, and is the same in a later attempt', async () => {
    const room = await roomWithScripts(scene, { Outer: asks('ask_inner', { input: 'go' }), Inner: asks('dig') })
    const stuck = toolOf(
      'dig',
      {},
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason))
        }),
    )
    const held = await takeOne(scene, room)
    await dieBeforeCall(3, room, held, context => runAgent(context, cast([stuck.tool]), 'Go'))
    const again = await takeOver(scene, room, held)
    const ending = await attempt(room, again, context => runAgent(context, cast([stuck.tool]), 'Go'))
    expect(ending).toEqual({ status: 'completed', answer: 'heard No answer came within 1 s.' })
    expect(stuck.calls).toHaveLength(1)
  })

  it('by its time limit, two deep, does not end the one in between', async () => {
    const room = await roomWithScripts(scene, {
      Outer: asks('ask_inner', { input: 'go' }),
      Inner: act => {
        if (act.results('wait').length > 0) return say(`heard ${act.results('ask_core')[0]?.output}`)
        return act.results('ask_core').length > 0 ? call('wait', {}) : call('ask_core', { input: 'go' })
      },
      Core: asks('dig'),
    })
    const stuck = toolOf(
      'dig',
      {},
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          // A little later than the time is over, as a connection is when it is closed.
          signal?.addEventListener('abort', () => setTimeout(() => reject(signal.reason), 50))
        }),
    )
    const core = agentOf({ name: 'Core', tools: [stuck.tool] })
    const inner = agentOf({
      name: 'Inner',
      tools: [ask(core, { name: 'ask_core', description: '.', timeoutSeconds: 1 }), slow().tool],
    })
    const outer = agentOf({ name: 'Outer', tools: [ask(inner, { name: 'ask_inner', description: '.' })] })
    const held = await takeOne(scene, room)
    const ending = await attempt(room, held, context => runAgent(context, outer, 'Go'))
    expect(String(ending.answer)).toMatch(/^heard heard No answer came within 1 s/)
  })
})

function slow() {
  return toolOf('wait', { parameters: z.object({}) }, () => new Promise(resolve => setTimeout(resolve, 100)))
}

describe('an agent that takes too long', () => {
  it('ends the attempt with agent_timeout, to be tried again', async () => {
    const room = await roomWithScripts(scene, { Tester: asks('sleep') })
    const sleep = toolOf(
      'sleep',
      {},
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('woken')))
        }),
    )
    const held = await takeOne(scene, room)
    const ending = await attempt(room, held, context =>
      runAgent(context, agentOf({ tools: [sleep.tool] }), 'Go', { agentTimeoutSeconds: 2 }),
    )
    expect(ending).toMatchObject({ status: 'scheduled', code: 'agent_timeout' })
    const tools = (await stepsOf(scene, held.task)).filter(step => step.kind === 'tool')
    expect(tools).toMatchObject([{ name: 'sleep', status: 'started', output: null }])
  })
})
