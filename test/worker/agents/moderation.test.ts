import type { ServerResponse } from 'node:http'
import { Agent, type AgentInputItem, OpenAIProvider, Runner } from '@openai/agents'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startBrain } from '../../../supabase/local/brain.ts'
import { agentFault } from '../../../worker/agents/faults.ts'
import { createClient } from '../../../worker/agents/models.ts'
import { createModerator, type Moderate, moderationGuardrail } from '../../../worker/agents/moderation.ts'
import type { Config } from '../../../worker/config.ts'
import { TaskError } from '../../../worker/errors.ts'
import { only } from '../arrange.ts'
import { type Answering, fail, startProvider } from './provider.ts'

const NEVER = new AbortController().signal

function modelAt(baseUrl: string, more: Partial<Config['model']> = {}): Config['model'] {
  const rest = { name: 'gpt-test', api: 'responses', timeoutSeconds: 10, prices: {}, moderation: 'omni' } as const
  return { apiKey: 'sk-test', baseUrl, ...rest, ...more }
}

/** A verdict for each text: the categories that it is flagged for. */
function verdicts(...flagged: string[][]) {
  const results = flagged.map(categories => ({
    flagged: categories.length > 0,
    categories: { violence: false, ...Object.fromEntries(categories.map(each => [each, true])) },
  }))
  return json({ id: 'modr-1', model: 'omni', results })
}

function json(body: object) {
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
}

async function moderatorWith(...answers: Answering[]) {
  const provider = await startProvider(...answers)
  onTestFinished(provider.stop)
  return { provider, model: modelAt(provider.url), moderate: only(createModerator(modelAt(provider.url)) ?? undefined) }
}

describe('the moderation', () => {
  it('finds nothing in what the demo model lets pass', async () => {
    const brain = await startBrain({ pace: 'instant' })
    onTestFinished(() => brain.stop())
    const moderate = only(createModerator(modelAt(brain.url, { apiKey: brain.key })) ?? undefined)
    expect(await moderate(['Why is the sky blue?'], NEVER)).toEqual({ flagged: false, categories: [] })
  })

  it('asks once for all texts and names what any of them is flagged for', async () => {
    const { moderate, provider } = await moderatorWith(verdicts([], ['violence'], ['self-harm/intent', 'violence']))
    const finding = await moderate(['one', 'two', 'three'], NEVER)
    expect(finding).toEqual({ flagged: true, categories: ['self-harm/intent', 'violence'] })
    expect(provider.calls).toEqual([{ model: 'omni', input: ['one', 'two', 'three'] }])
  })

  it('asks nobody about nothing', async () => {
    const { moderate, provider } = await moderatorWith(fail(500))
    expect(await moderate(['', ' \n'], NEVER)).toEqual({ flagged: false, categories: [] })
    expect(provider.calls).toEqual([])
  })

  it('cuts what is longer than the provider reads, so that all of it is looked at', async () => {
    const { moderate, provider } = await moderatorWith(verdicts([], []))
    await moderate([`${'a'.repeat(29_999)}😀${'b'.repeat(10)}`], NEVER)
    const [{ input }] = provider.calls as [{ input: string[] }]
    expect(input.map(piece => piece.length)).toEqual([30_000, 11])
    expect(input.every(piece => piece.isWellFormed())).toBe(true)
  })

  it('is null where it is off', () => {
    expect(createModerator(modelAt('http://127.0.0.1:9/v1', { moderation: null }))).toBeNull()
  })

  it.each([
    [500, 'provider_unavailable', true],
    [401, 'provider_auth', false],
    [404, 'model_not_found', false],
    [429, 'rate_limited', true],
  ])('that answers with %s gives %s', async (status, code, retry) => {
    const { moderate } = await moderatorWith(fail(status))
    await expect(moderate(['Tell me'], NEVER)).rejects.toMatchObject({ code, retry })
  })

  it('that is not there says how to do without', async () => {
    const { moderate } = await moderatorWith(fail(404))
    await expect(moderate(['Tell me'], NEVER)).rejects.toThrow(/MODERATION=off/)
  })

  it.each([{}, { results: [] }, { results: [{ flagged: 'perhaps' }] }])(
    'that answers %j may be asked again',
    async body => {
      const { moderate } = await moderatorWith(json(body))
      await expect(moderate(['Tell me'], NEVER)).rejects.toMatchObject({ code: 'malformed_output', retry: true })
    },
  )

  it('passes off nothing as a category that is none', async () => {
    const { moderate } = await moderatorWith(verdicts(['violence', 'You asked: tell me my secret']))
    expect(await moderate(['Tell me my secret'], NEVER)).toEqual({ flagged: true, categories: ['violence'] })
  })

  it('is given up when the attempt is to stop', async () => {
    const controller = new AbortController()
    const { moderate } = await moderatorWith(() => controller.abort())
    const given = moderate(['Tell me'], controller.signal)
    await expect(given).rejects.not.toBeInstanceOf(TaskError)
    await expect(given).rejects.toMatchObject({ message: 'Request was aborted.' })
  })
})

/** Finds `violence` wherever it is said, and writes down what it was asked. */
function censor() {
  const asked: string[][] = []
  const moderate: Moderate = async texts => {
    asked.push(texts)
    const flagged = texts.some(text => text.includes('violence'))
    return { flagged, categories: flagged ? ['violence'] : [] }
  }
  return { asked, moderate }
}

interface Guarded {
  moderate: Moderate
  tolerates?: string[]
  input?: string | AgentInputItem[]
  answer?: string
}

/** Runs a guarded agent; gives its answer or what the task would fail with, and how often the model was asked. */
async function run({ moderate, tolerates = [], input = 'Hello', answer = 'Hi.' }: Guarded) {
  const provider = await startProvider({ text: answer })
  onTestFinished(provider.stop)
  const guardrails = moderationGuardrail(moderate, { signal: NEVER, tolerates })
  const agent = new Agent({
    name: 'Guarded',
    model: 'gpt-test',
    inputGuardrails: [guardrails.input],
    outputGuardrails: [guardrails.output],
  })
  const modelProvider = new OpenAIProvider({ openAIClient: createClient(modelAt(provider.url)), useResponses: true })
  const runner = new Runner({ modelProvider, tracingDisabled: true })
  try {
    const result = await runner.run(agent, input, { stream: true })
    await result.completed
    return { answer: result.finalOutput, calls: provider.calls.length }
  } catch (error) {
    return { fault: agentFault(error), calls: provider.calls.length }
  }
}

describe('an agent with the guardrails', () => {
  it('answers what nobody objects to', async () => {
    const { asked, moderate } = censor()
    expect(await run({ moderate })).toEqual({ answer: 'Hi.', calls: 1 })
    expect(asked).toEqual([['Hello'], ['Hi.']])
  })

  it('refuses a prompt before the model sees it, naming the category and never the text', async () => {
    const { fault, calls } = await run({ moderate: censor().moderate, input: 'My secret violence' })
    expect(fault).toMatchObject({ code: 'content_refused', retry: false })
    expect(fault?.message).toBe('The request was refused by the content check (violence): rephrase it.')
    expect(calls).toBe(0)
  })

  it('withholds an answer', async () => {
    const { fault } = await run({ moderate: censor().moderate, answer: 'Much violence.' })
    expect(fault).toMatchObject({ code: 'content_refused', retry: false })
    expect(fault?.message).toBe('The answer was withheld by the content check (violence): rephrase it.')
  })

  it('tolerates what its policy does', async () => {
    const moderate = censor().moderate
    expect(await run({ moderate, tolerates: ['violence'], input: 'violence', answer: 'violence' })).toMatchObject({
      answer: 'violence',
    })
  })

  it('refuses what is flagged for no reason that was given', async () => {
    const moderate: Moderate = async () => ({ flagged: true, categories: [] })
    const { fault } = await run({ moderate, tolerates: ['violence'] })
    expect(fault?.message).toBe('The request was refused by the content check: rephrase it.')
  })

  it('looks in a conversation at what is said anew', async () => {
    const { asked, moderate } = censor()
    const input: AgentInputItem[] = [
      { role: 'user', content: 'violence, of old' },
      { role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'No.' }] },
      { role: 'user', content: 'And' },
      { role: 'user', content: [{ type: 'input_text', text: 'now?' }] },
    ]
    expect(await run({ moderate, input })).toMatchObject({ answer: 'Hi.' })
    expect(asked[0]).toEqual(['And', 'now?'])
  })

  it('fails as the moderation does', async () => {
    const { moderate } = await moderatorWith(fail(503, { 'retry-after': '42' }))
    const { fault, calls } = await run({ moderate })
    expect(fault).toMatchObject({ code: 'provider_unavailable', retry: true, afterSeconds: 42 })
    expect(calls).toBe(0)
  })
})
