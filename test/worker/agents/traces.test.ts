import type { ServerResponse } from 'node:http'
import { Agent, getGlobalTraceProvider, Runner, type Trace, tool } from '@openai/agents'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createModels } from '../../../worker/agents/models.ts'
import { createTraceQueue, type TraceSink } from '../../../worker/agents/trace-queue.ts'
import { startTraces } from '../../../worker/agents/traces.ts'
import type { Config } from '../../../worker/config.ts'
import { listenIn } from '../arrange.ts'
import { type Collector, startCollector } from './collector.ts'
import { type Answering, fail, startProvider } from './provider.ts'

const TASK = {
  id: '0f1e2d3c-4b5a-4968-8776-655443322110',
  kind: 'assistant',
  life: 1,
  attempt: 2,
  correlationId: 'call-7',
}
const TRACE = '0f1e2d3c4b5a49688776655443322110'
const KEY = 'sk-of-openai'

const ends: (() => unknown)[] = []
afterEach(async () => {
  startTraces({ openaiKey: undefined, otlpUrl: undefined, content: false, version: '1' }, listenIn().telemetry)
  for (const end of ends.splice(0).reverse()) await end()
})

async function collect(answer?: (response: ServerResponse, n: number) => unknown): Promise<Collector> {
  const collector = await startCollector(answer)
  ends.push(collector.stop)
  return collector
}

function start(settings: Partial<Config['traces']> & { openaiEndpoint?: string }) {
  const told = listenIn()
  const none = { openaiKey: undefined, otlpUrl: undefined, content: false, version: '1.2.3' }
  return { ...startTraces({ ...none, ...settings }, told.telemetry), told }
}

const STORY: Answering[] = [
  { calls: [{ name: 'shelf', args: '{"word":"ARGUMENT"}' }] },
  { calls: [{ name: 'transfer_to_Writer', args: '{}' }] },
  { text: 'The ANSWER.' },
]

/** A run with a tool, a handoff and an answer. */
async function run(traces: Pick<ReturnType<typeof startTraces>, 'forTask'>, story = STORY): Promise<unknown> {
  const provider = await startProvider(...story)
  ends.push(provider.stop)
  const model = {
    apiKey: 'sk-test',
    baseUrl: provider.url,
    name: 'gpt-test',
    api: 'responses',
    timeoutSeconds: 5,
    prices: {},
    moderation: null,
  } as const
  const shelf = tool({
    name: 'shelf',
    description: 'Looks.',
    parameters: z.object({ word: z.string() }),
    execute: ({ word }) => {
      if (story !== STORY) throw new Error(`REASON ${word}`)
      return 'OUTCOME'
    },
  })
  const writer = new Agent({ name: 'Writer', instructions: 'SYSTEM', model: 'gpt-test' })
  const agent = new Agent({
    name: 'Finder',
    instructions: 'SYSTEM',
    model: 'gpt-test',
    tools: [shelf],
    handoffs: [writer],
  })
  const runner = new Runner({ modelProvider: createModels(model), ...traces.forTask(TASK) })
  const result = await runner.run(agent, 'What is the QUESTION?', { stream: true })
  await result.completed
  return result.finalOutput
}

const CONTENT = /ARGUMENT|OUTCOME|ANSWER|QUESTION|SYSTEM|REASON/

type Attribute = { key: string; value: Record<string, unknown> }
type OtlpSpan = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Attribute[]
  status: { code: number; message?: string }
}

function otlpSpans({ requests }: Collector) {
  const scopes = requests.flatMap(({ body }) => JSON.parse(body).resourceSpans[0].scopeSpans)
  const spans = scopes.flatMap(scope => scope.spans) as OtlpSpan[]
  return spans.map(span => ({ ...span, attributes: valuesOf(span.attributes) }))
}

function valuesOf(attributes: Attribute[]) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

describe('traces to a collector', () => {
  it('are spans of agents, turns, models, tools and handoffs, in one tree, in time', async () => {
    const collector = await collect()
    const traces = start({ otlpUrl: `${collector.url}/` })
    expect(await run(traces)).toBe('The ANSWER.')
    await traces.flush()

    const spans = otlpSpans(collector)
    const byId = new Map(spans.map(span => [span.spanId, span]))
    const path = (span: (typeof spans)[number] | undefined): string[] =>
      span ? [...path(byId.get(span.parentSpanId ?? '')), span.name] : []
    const paths = spans.map(span => path(span).join(' > ')).sort()
    expect(paths).toEqual([
      'task assistant',
      'task assistant > invoke_agent Finder',
      'task assistant > invoke_agent Finder > turn 1',
      'task assistant > invoke_agent Finder > turn 1 > chat m',
      'task assistant > invoke_agent Finder > turn 1 > execute_tool shelf',
      'task assistant > invoke_agent Finder > turn 2',
      'task assistant > invoke_agent Finder > turn 2 > chat m',
      'task assistant > invoke_agent Finder > turn 2 > handoff Writer',
      'task assistant > invoke_agent Writer',
      'task assistant > invoke_agent Writer > turn 3',
      'task assistant > invoke_agent Writer > turn 3 > chat m',
    ])
    for (const { traceId, spanId, startTimeUnixNano, endTimeUnixNano, attributes } of spans) {
      expect([traceId, spanId]).toEqual([TRACE, expect.stringMatching(/^[0-9a-f]{16}$/)])
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano))
      expect(Math.abs(Number(BigInt(startTimeUnixNano) / 1_000_000n) - Date.now())).toBeLessThan(60_000)
      expect(attributes).toMatchObject({
        'liverow.task_id': TASK.id,
        'liverow.kind': 'assistant',
        'liverow.attempt': '2',
        'liverow.correlation_id': 'call-7',
      })
    }
  })

  it('name agent, tool, model and tokens as the conventions do', async () => {
    const collector = await collect()
    const traces = start({ otlpUrl: collector.url })
    await run(traces)
    await traces.flush()
    const of = (name: string) => otlpSpans(collector).find(span => span.name === name)?.attributes
    expect(of('invoke_agent Finder')).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'Finder',
    })
    expect(of('execute_tool shelf')).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'shelf',
    })
    expect(of('chat m')).toMatchObject({
      'gen_ai.request.model': 'm',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 5,
    })
    expect(of('handoff Writer')).toMatchObject({ 'liverow.handoff.from': 'Finder', 'liverow.handoff.to': 'Writer' })
    const { path, body } = collector.requests[0] ?? { path: '', body: '{}' }
    expect(path).toBe('/v1/traces')
    expect(valuesOf(JSON.parse(body).resourceSpans[0].resource.attributes)).toMatchObject({
      'service.name': 'liverow-worker',
      'service.version': '1.2.3',
    })
  })

  it('go on while tasks are drained, though the SDK ends its tracing at the first SIGTERM', async () => {
    const collector = await collect()
    const traces = start({ otlpUrl: collector.url })
    await getGlobalTraceProvider().shutdown(100)
    await run(traces)
    await traces.flush()
    expect(otlpSpans(collector).map(span => span.name)).toContain('execute_tool shelf')
  })

  it('say that a tool failed', async () => {
    const collector = await collect()
    const traces = start({ otlpUrl: collector.url })
    await run(traces, [...STORY.slice(0, 1), { text: 'Sorry.' }])
    await traces.flush()
    const span = otlpSpans(collector).find(each => each.name === 'execute_tool shelf')
    expect(span?.status).toEqual({ code: 2 })
  })
})

describe('traces to OpenAI', () => {
  it('are one trace by the id of the task, with its spans in one tree', async () => {
    const collector = await collect()
    const traces = start({ openaiKey: KEY, openaiEndpoint: `${collector.url}/v1/traces/ingest` })
    await run(traces)
    await traces.flush()
    const [request] = collector.requests
    expect(request).toMatchObject({
      path: '/v1/traces/ingest',
      headers: { authorization: `Bearer ${KEY}`, 'openai-beta': 'traces=v1' },
    })
    const [trace, ...spans] = JSON.parse(request?.body ?? '{}').data
    expect(trace).toMatchObject({
      object: 'trace',
      id: `trace_${TRACE}`,
      workflow_name: 'assistant',
      metadata: { task_id: TASK.id, kind: 'assistant', life: '1', attempt: '2', correlation_id: 'call-7' },
    })
    const ids = new Set(spans.map((span: { id: string }) => span.id))
    const roots = spans.filter((span: { parent_id: string }) => !ids.has(span.parent_id))
    expect(roots.map((span: { span_data: object }) => span.span_data)).toMatchObject([
      { data: { sdk_span_type: 'task' } },
    ])
    const types = spans.map((span: { span_data: { type: string } }) => span.span_data.type).sort()
    expect(types).toEqual([
      ...Array(2).fill('agent'),
      ...Array(4).fill('custom'),
      'function',
      'handoff',
      ...Array(3).fill('response'),
    ])
  })
})

describe.each(['openai', 'otlp'] as const)('what is said goes to %s', sink => {
  const to = ({ url }: Collector) => (sink === 'otlp' ? { otlpUrl: url } : { openaiKey: KEY, openaiEndpoint: url })

  it('not at all by itself, not even in errors', async () => {
    const collector = await collect()
    const traces = start(to(collector))
    await run(traces)
    await run(traces, [...STORY.slice(0, 1), { text: 'The ANSWER.' }])
    await expect(run(traces, [fail(400, {}, { message: 'REASON' })])).rejects.toThrow('REASON')
    await traces.flush()
    expect(collector.requests.map(each => each.body).join()).toContain('shelf')
    expect(collector.requests.map(each => each.body).join()).not.toMatch(CONTENT)
  })

  it('where TRACE_CONTENT asks for it', async () => {
    const collector = await collect()
    const traces = start({ ...to(collector), content: true })
    await run(traces)
    await traces.flush()
    const bodies = collector.requests.map(each => each.body).join()
    for (const word of ['ARGUMENT', 'OUTCOME']) expect(bodies).toContain(word)
  })

  it.each([
    ['does not exist', undefined],
    ['fails', (response: ServerResponse) => response.writeHead(500).end()],
    ['refuses', (response: ServerResponse) => response.writeHead(403).end()],
    ['never answers', () => undefined],
  ])('or nowhere, and runs and the end of the worker are no later for it: it %s', async (what, answer) => {
    const collector = await collect(answer)
    if (what === 'does not exist') await collector.stop().then(() => ends.pop())
    const traces = start(to(collector))
    for (let n = 0; n < 12; n++) expect(await run(traces)).toBe('The ANSWER.')
    const startedAt = performance.now()
    await traces.flush()
    expect(performance.now() - startedAt).toBeLessThan(3_500)
    if (what !== 'never answers' && sink === 'openai') expect(traces.told.of('traceFailed')).not.toEqual([])
    for (const [name] of traces.told.of('traceFailed')) expect(name).toBe(sink)
  })

  it('again with the next batch after a failure', async () => {
    const collector = await collect((response, n) => (n === 1 ? response.writeHead(500).end() : response.end('{}')))
    const traces = start(to(collector))
    await run(traces)
    await traces.flush()
    await traces.flush()
    expect(collector.requests).toHaveLength(2)
    expect(JSON.parse(collector.requests[1]?.body ?? '')).toEqual(JSON.parse(collector.requests[0]?.body ?? ''))
  })

  it('once only when it is refused for good', async () => {
    const collector = await collect(response => response.writeHead(400).end())
    const traces = start(to(collector))
    await run(traces)
    await traces.flush()
    await traces.flush()
    expect(collector.requests).toHaveLength(1)
    expect(traces.told.of('traceFailed')).toMatchObject([[sink, { code: 400 }]])
  })
})

describe('the queue', () => {
  it('keeps the latest thousand while nothing can be sent, and never has two requests under way', async () => {
    const taken: number[] = []
    const state = { isDown: true, underWay: 0 }
    const sink: TraceSink<number> = {
      name: 'test',
      pack: piece => Number((piece as Trace).name),
      send: async numbers => {
        state.underWay++
        expect(state.underWay).toBe(1)
        await Promise.resolve()
        state.underWay--
        if (state.isDown) throw new Error('It is down.')
        taken.push(...numbers)
      },
    }
    const queue = createTraceQueue(sink, listenIn().telemetry)
    for (let n = 1; n <= 1_500; n++) await queue.onTraceStart({ name: String(n) } as Trace)
    await queue.forceFlush()
    state.isDown = false
    await Promise.all([queue.forceFlush(), queue.forceFlush()])
    expect(taken).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 501))
  })

  it('tells of what cannot be packed, and goes on', async () => {
    const told = listenIn()
    const sink: TraceSink<number> = {
      name: 'test',
      pack: () => {
        throw new TypeError('It is a circle.')
      },
      send: async () => undefined,
    }
    await createTraceQueue(sink, told.telemetry).onTraceStart({} as Trace)
    expect(told.of('traceFailed')).toMatchObject([['test', { message: 'It is a circle.' }]])
  })
})

describe('no traces', () => {
  it('are made where none are wanted', async () => {
    const traces = start({})
    expect(traces.forTask(TASK).tracingDisabled).toBe(true)
    expect(await run(traces)).toBe('The ANSWER.')
    await traces.flush()
    expect(traces.told.of('traceFailed')).toEqual([])
  })
})
