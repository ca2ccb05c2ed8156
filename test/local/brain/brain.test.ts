import { Agent, tool } from '@openai/agents'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Scene } from '../../../supabase/local/brain/scene.ts'
import { call, fail, json, type Script, say } from '../../../supabase/local/brain/script.ts'
import { clientOf, openBrain, runnerOf } from './arrange.ts'

/** An agent that looks up whatever it is told, twice at once, and then says how it went. */
const scout: Script = {
  name: 'Scout',
  agent: /^You are Scout\b/,
  turn: ({ prompt, results, turn }) =>
    turn === 0
      ? [say('Let me look. '), call('look', { at: prompt }), call('look', { at: 'the map' })]
      : say(
          results('look')
            .map(({ args, output }) => `${args.at}: ${output}`)
            .join(', '),
        ),
}

function scoutAgent(looked: string[] = []) {
  const look = tool({
    name: 'look',
    description: 'Looks.',
    parameters: z.object({ at: z.string() }),
    execute: ({ at }) => `seen ${looked.push(at)}`,
  })
  return new Agent({ name: 'Scout', instructions: 'You are Scout.', tools: [look] })
}

const ask = (content: string) => ({ model: 'demo', input: [{ role: 'user' as const, content }] })

describe('a script', () => {
  it('acts for the agent whose instructions it fits, with text and parallel calls', async () => {
    const brain = await openBrain({ scripts: [scout] })
    const looked: string[] = []
    const { finalOutput, newItems } = await runnerOf(brain).run(scoutAgent(looked), 'the sea')
    expect(finalOutput).toBe('the sea: seen 1, the map: seen 2')
    expect(newItems.map(item => item.type)).toEqual([
      'message_output_item',
      'tool_call_item',
      'tool_call_item',
      'tool_call_output_item',
      'tool_call_output_item',
      'message_output_item',
    ])
    expect(brain.callLog().map(({ agent, prompt }) => [agent, prompt])).toEqual(Array(2).fill(['Scout', 'the sea']))
  })

  it('acts the same over the Chat Completions API, streamed, with usage', async () => {
    const brain = await openBrain({ scripts: [scout] })
    const run = await runnerOf(brain, { useResponses: false }).run(scoutAgent(), 'the sea', { stream: true })
    await run.completed
    expect(run.finalOutput).toBe('the sea: seen 1, the map: seen 2')
    expect(run.rawResponses.every(({ usage }) => usage.inputTokens > 0 && usage.outputTokens > 0)).toBe(true)
  })

  it('gives the output of an agent with a schema', async () => {
    const clerk: Script = { name: 'Clerk', agent: /You are Clerk/, turn: scene => json({ words: wordsIn(scene) }) }
    const outputType = z.object({ words: z.number() })
    const agent = new Agent({ name: 'Clerk', instructions: 'You are Clerk.', outputType })
    const { finalOutput } = await runnerOf(await openBrain({ scripts: [clerk] })).run(agent, 'one two three')
    expect(finalOutput).toEqual({ words: 3 })
  })

  it('sees results of this turn and of the time before', async () => {
    const seen: unknown[] = []
    const witness: Script = { ...scout, turn: scene => [seen.push(digest(scene)), scout.turn(scene)][1] as never }
    const runner = runnerOf(await openBrain({ scripts: [witness] }))
    const { history } = await runner.run(scoutAgent(), 'the sea')
    await runner.run(scoutAgent(), [...history, { role: 'user', content: 'the sky' }])
    expect(seen).toEqual([
      { prompt: 'the sea', turn: 0, now: 0, before: 0, prompts: [], answers: [], offers: [true, false] },
      { prompt: 'the sea', turn: 1, now: 2, before: 0, prompts: [], answers: [], offers: [true, false] },
      { prompt: 'the sky', turn: 0, now: 0, before: 2, ...SAID, offers: [true, false] },
      { prompt: 'the sky', turn: 1, now: 2, before: 2, ...SAID, offers: [true, false] },
    ])
  })

  it('fails as the provider would', async () => {
    const broke: Script = { ...scout, turn: () => fail(429, 'insufficient_quota') }
    const run = runnerOf(await openBrain({ scripts: [broke] })).run(scoutAgent(), 'the sea')
    await expect(run).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' })
  })

  it('gives each call an id of its own', async () => {
    const runner = runnerOf(await openBrain({ scripts: [scout] }))
    const runs = await Promise.all([1, 2].map(() => runner.run(scoutAgent(), 'the sea')))
    const calls = runs.flatMap(run => run.newItems.filter(item => item.type === 'tool_call_item'))
    expect(new Set(calls.map(({ rawItem }) => 'callId' in rawItem && rawItem.callId)).size).toBe(4)
  })
})

const SAID = { prompts: ['the sea'], answers: ['Let me look. ', 'the sea: seen 1, the map: seen 2'] }

function digest({ prompt, turn, results, earlier, said, offers }: Scene) {
  const [now, before] = [results('look').length, earlier('look').length]
  return { prompt, turn, now, before, ...said, offers: [offers('look'), offers('leap')] }
}

function wordsIn({ prompt }: Scene): number {
  return prompt.split(' ').length
}

describe('a directive', () => {
  it('works for any script, and is no part of the prompt', async () => {
    const brain = await openBrain({ scripts: [scout] })
    const runner = runnerOf(brain)
    await expect(runner.run(scoutAgent(), '!fail once 503 the sea')).rejects.toMatchObject({ status: 503 })
    const { finalOutput } = await runner.run(scoutAgent(), '!fail once 503 the sea')
    expect(finalOutput).toBe('the sea: seen 1, the map: seen 2')
  })

  it('counts so that a gap would show: !long', async () => {
    const { output_text } = await clientOf(await openBrain()).responses.create(ask('!long 300'))
    expect(output_text.split(' ').map(Number)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
  })

  it('breaks off even the shortest tool call: !drop once', async () => {
    const hasty: Script = {
      ...scout,
      turn: ({ results }) => results('look').map(() => say('Done'))[0] ?? call('look', {}),
    }
    const runner = runnerOf(await openBrain({ scripts: [hasty] }))
    const run = async () => {
      const result = await runner.run(scoutAgent(), '!drop once the sea', { stream: true })
      await result.completed
      return result.finalOutput
    }
    await expect(run()).rejects.toThrow()
    expect(await run()).toBe('Done')
  })
})

describe('the log of calls', () => {
  it('tells a repeated call from the next one of a conversation', async () => {
    const brain = await openBrain({ scripts: [scout] })
    await runnerOf(brain).run(scoutAgent(), 'the sea')
    expect([brain.calls(), brain.repeats()]).toEqual([2, 0])
    await runnerOf(brain).run(scoutAgent(), 'the sea')
    expect([brain.calls(), brain.repeats()]).toEqual([4, 1])
  })

  it('counts a call whose client breaks off', async () => {
    const brain = await openBrain({ pace: { ttft: 3_600_000 } })
    const abort = new AbortController()
    const stream = clientOf(brain).responses.create({ ...ask('Hello'), stream: true }, { signal: abort.signal })
    const broken = expect(stream).rejects.toThrow()
    await expect.poll(() => brain.calls()).toBe(1)
    abort.abort()
    await broken
    expect(brain.callLog()).toMatchObject([{ agent: 'Assistant', prompt: 'Hello' }])
  })

  it('counts calls that failed', async () => {
    const brain = await openBrain()
    const calls = [1, 2].map(() => clientOf(brain).responses.create(ask('!fail 500')))
    await Promise.allSettled(calls)
    expect([brain.calls(), brain.repeats()]).toEqual([2, 1])
  })
})

describe('the moderation', () => {
  it('gives one result for each text, and objects to !flag', async () => {
    const brain = await openBrain()
    const input = ['Good morning', '!flag this', '!flag hate']
    const { results } = await clientOf(brain).moderations.create({ input })
    expect(results.map(result => result.flagged)).toEqual([false, true, true])
    expect(
      results.map(({ categories }) => Object.entries(categories).flatMap(([name, is]) => (is ? name : []))),
    ).toEqual([[], ['violence'], ['hate']])
    expect(brain.moderations()).toBe(1)
    expect(brain.calls()).toBe(0)
  })

  it('refuses what holds no text', async () => {
    const moderations = clientOf(await openBrain()).moderations
    await expect(moderations.create({ input: [] })).rejects.toMatchObject({ status: 400 })
  })
})

describe('without the key', () => {
  it.each(['/responses', '/chat/completions', '/moderations'])('nothing is answered at %s', async path => {
    const brain = await openBrain()
    const body = JSON.stringify({ ...ask('Hello'), messages: [] })
    const response = await fetch(brain.url + path, { method: 'POST', body })
    expect(response.status).toBe(401)
    expect([brain.calls(), brain.moderations()]).toEqual([0, 0])
  })
})
