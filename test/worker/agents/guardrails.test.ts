import type { InputGuardrail, OutputGuardrail, Tool } from '@openai/agents'
import { describe, expect, it } from 'vitest'
import { call, say } from '../../../supabase/local/brain/script.ts'
import type { TaskContext } from '../../../worker/agents/context.ts'
import { runAgent } from '../../../worker/agents/run-agent.ts'
import { setScene } from '../arrange.ts'
import { deltasOf, stepsOf, takeOver, textOf } from './arrange.ts'
import { agentOf, attempt, die, dieBeforeCall, roomWithScripts, says, takeOne, toolOf } from './run-with.ts'

const scene = await setScene()

/** A guardrail that counts how often it judges. */
function judge(trips: boolean, before: () => void = () => undefined) {
  const judged: unknown[] = []
  const guardrail: InputGuardrail & OutputGuardrail = {
    name: 'manners',
    execute: async (given: object) => {
      before()
      judged.push('agentOutput' in given ? given.agentOutput : (given as { input?: unknown }).input)
      return { tripwireTriggered: trips, outputInfo: null }
    },
  }
  return { guardrail, judged }
}

describe('a guardrail', () => {
  it('judges once in the life of a task, before and after the agent each', async () => {
    const room = await roomWithScripts(scene, { Tester: says('Fine.') })
    const [input, output] = [judge(false), judge(false)]
    const parts = { inputGuardrails: [input.guardrail], outputGuardrails: [output.guardrail] }
    const pipeline = (context: TaskContext) => runAgent(context, agentOf(parts), 'Go')
    const held = await takeOne(scene, room)
    const finished = Promise.withResolvers<string>()
    await die(room, held, async context => finished.resolve(await pipeline(context)), finished.promise)
    const ending = await attempt(room, await takeOver(scene, room, held), pipeline)
    expect(ending).toEqual({ status: 'completed', answer: 'Fine.' })
    expect([input.judged.length, output.judged]).toEqual([1, ['Fine.']])
    const steps = (await stepsOf(scene, held.task)).filter(({ kind }) => kind === 'guardrail')
    expect(steps.map(({ key }) => key)).toEqual([
      'step::guardrail:Tester:input:manners',
      'step::guardrail:Tester:output:manners',
    ])
  })

  it('has judged before the model is asked', async () => {
    const room = await roomWithScripts(scene, { Tester: says('Fine.') })
    const calls: number[] = []
    const { guardrail } = judge(true, () => calls.push(room.brain.calls()))
    const held = await takeOne(scene, room)
    const parallel = { ...guardrail, runInParallel: true }
    const ending = await attempt(room, held, context =>
      runAgent(context, agentOf({ inputGuardrails: [parallel] }), 'Go'),
    )
    expect(ending).toEqual({ status: 'failed', code: 'content_refused' })
    expect([...calls, room.brain.calls()]).toEqual([0, 0])
  })

  it('that refuses the answer withdraws its text, and nothing of it is kept', async () => {
    const room = await roomWithScripts(scene, { Tester: says('A rude answer.') })
    const held = await takeOne(scene, room)
    const { guardrail } = judge(true)
    const ending = await attempt(room, held, context =>
      runAgent(context, agentOf({ outputGuardrails: [guardrail] }), 'Go'),
    )
    expect(ending).toEqual({ status: 'failed', code: 'content_refused' })
    const deltas = await deltasOf(scene, held.task)
    expect(deltas.some(({ kind }) => kind === 'reset')).toBe(true)
    expect(textOf(deltas)).toBe('')
    const [row] = await scene.sql`select response_payload from public.agent_task_requests`
    expect(row?.response_payload).toBeNull()
  })
})

describe('a guardrail of a tool', () => {
  const guarded = (tool: Tool<TaskContext>, judged: string[]) =>
    Object.assign(tool, {
      inputGuardrails: [
        {
          type: 'tool_input',
          name: 'care',
          run: async ({ toolCall }: { toolCall: { arguments: string } }) => {
            judged.push(`in ${toolCall.arguments}`)
            return { behavior: { type: 'allow' } }
          },
        },
      ],
      outputGuardrails: [
        {
          type: 'tool_output',
          name: 'care',
          run: async ({ output }: { output: string }) => {
            judged.push(`out ${output}`)
            return { behavior: { type: 'rejectContent', message: 'That is not for you.' } }
          },
        },
      ],
    })

  it('judges each call once, before and after it, whichever agent and attempt it is in', async () => {
    const room = await roomWithScripts(scene, {
      Tester: act => (act.results('look').length > 0 ? say(String(act.results('look')[0]?.output)) : call('look', {})),
    })
    const judged: string[] = []
    const look = toolOf('look')
    const tool = guarded(look.tool, judged)
    const pipeline = (context: TaskContext) => runAgent(context, agentOf({ tools: [tool] }), 'Go')
    const held = await takeOne(scene, room)
    await dieBeforeCall(2, room, held, pipeline)
    const ending = await attempt(room, await takeOver(scene, room, held), pipeline)
    expect(ending.answer).toBe('That is not for you.')
    expect(judged).toEqual(['in {}', 'out look done'])
    expect(look.calls).toHaveLength(1)
  })
})
