import { hostname } from 'node:os'
import type { Span, SpanData } from '@openai/agents'
import { type Attributes, type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import type { TraceSink } from './trace-queue.ts'

const TIMEOUT_MS = 10_000
/** A field of more than this is cut. */
const MOST_CHARACTERS = 32_000

/**
 * Any OpenTelemetry collector, by OTLP over HTTP. Spans and attributes have the names of the semantic conventions for
 * generative AI. The exporter takes OTEL_EXPORTER_OTLP_HEADERS from the environment, and the resource OTEL_SERVICE_NAME.
 *
 * @param options.url the collector's base, without `/v1/traces`.
 */
export function otlpTraces(options: { url: string; version: string; content: boolean }): TraceSink<ReadableSpan> {
  const url = `${options.url.replace(/\/$/, '')}/v1/traces`
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: TIMEOUT_MS })
  const resource = resourceFromAttributes({
    'service.name': 'liverow-worker',
    'service.version': options.version,
    'host.name': hostname(),
  }).merge(detectResources({ detectors: [envDetector] }))
  const shared = { resource, instrumentationScope: { name: 'liverow', version: options.version } }
  return {
    name: 'otlp',
    pack: piece => (piece.type === 'trace' ? null : { ...readable(piece, options.content), ...shared }),
    send: spans => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      exporter.export(spans, ({ error, code }) => (code === 0 ? resolve() : reject(error ?? new Error('Not taken.'))))
      return promise
    },
  }
}

type Told = { name: string; kind?: SpanKind; attributes: Attributes; content?: Record<string, unknown> }

function readable(span: Span<SpanData>, content: boolean): Omit<ReadableSpan, 'resource' | 'instrumentationScope'> {
  const told = tell(span.spanData)
  const startedAt = Date.parse(span.startedAt ?? '')
  const endedAt = Date.parse(span.endedAt ?? '')
  const contextOf = (spanId: string) => ({
    traceId: span.traceId.replace('trace_', ''),
    spanId: spanId.replace('span_', '').slice(0, 16),
    traceFlags: TraceFlags.SAMPLED,
  })
  return {
    name: told.name,
    kind: told.kind ?? SpanKind.INTERNAL,
    spanContext: () => contextOf(span.spanId),
    ...(span.parentId && { parentSpanContext: contextOf(span.parentId) }),
    startTime: timeOf(startedAt),
    endTime: timeOf(endedAt),
    duration: timeOf(endedAt - startedAt),
    ended: true,
    status: span.error
      ? { code: SpanStatusCode.ERROR, ...(content && { message: span.error.message }) }
      : { code: SpanStatusCode.UNSET },
    attributes: { ...told.attributes, ...taskOf(span.traceMetadata), ...(content && textsOf(told.content)) },
    links: [],
    events: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

function timeOf(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)]
}

/** What a span says of itself; `content` is what users, models and tools said. */
function tell(data: SpanData): Told {
  switch (data.type) {
    case 'task':
      // Tokens are told by the model calls alone: whoever adds them up over all spans counts them once.
      return { name: `task ${data.name}`, attributes: {} }
    case 'agent':
      return about('invoke_agent', data.name, { 'gen_ai.agent.name': data.name })
    case 'turn':
      return {
        name: `turn ${data.turn}`,
        attributes: { 'gen_ai.agent.name': data.agent_name, 'liverow.turn': data.turn },
      }
    case 'response':
      return answer(data._response, { asked: data._input, answered: data._response?.output })
    case 'generation':
      return answer({ model: data.model, usage: data.usage }, { asked: data.input, answered: data.output })
    case 'function':
      return {
        ...about('execute_tool', data.name, { 'gen_ai.tool.name': data.name, 'gen_ai.tool.type': 'function' }),
        content: { 'gen_ai.tool.call.arguments': data.input, 'gen_ai.tool.call.result': data.output },
      }
    case 'handoff':
      return {
        name: `handoff ${data.to_agent ?? ''}`.trim(),
        attributes: defined({ 'liverow.handoff.from': data.from_agent, 'liverow.handoff.to': data.to_agent }),
      }
    case 'guardrail':
      return {
        name: `guardrail ${data.name}`,
        attributes: { 'liverow.guardrail.name': data.name, 'liverow.guardrail.triggered': data.triggered },
      }
    case 'mcp_tools':
      return {
        name: 'tools/list',
        kind: SpanKind.CLIENT,
        attributes: defined({ 'mcp.method.name': 'tools/list', 'liverow.mcp.server': data.server }),
      }
    case 'custom':
      return { name: data.name, attributes: {} }
    default:
      return { name: data.type, attributes: {} }
  }
}

function about(operation: string, name: string, attributes: Attributes): Told {
  return { name: `${operation} ${name}`.trim(), attributes: { 'gen_ai.operation.name': operation, ...attributes } }
}

type Usage = { input_tokens?: number; output_tokens?: number }
type Answer = { id?: string; model?: string | undefined; usage?: Usage | undefined }

function answer(given: Answer | undefined, { asked, answered }: { asked: unknown; answered: unknown }): Told {
  const { id, model, usage } = given ?? {}
  return {
    ...about('chat', model ?? '', {
      'gen_ai.provider.name': 'openai',
      ...defined({ 'gen_ai.request.model': model, 'gen_ai.response.model': model, 'gen_ai.response.id': id }),
      ...tokens(usage),
    }),
    kind: SpanKind.CLIENT,
    content: { 'gen_ai.input.messages': asked, 'gen_ai.output.messages': answered },
  }
}

function tokens(usage: Usage | undefined): Attributes {
  return defined({
    'gen_ai.usage.input_tokens': usage?.input_tokens,
    'gen_ai.usage.output_tokens': usage?.output_tokens,
  })
}

function taskOf(metadata: Record<string, unknown> = {}): Attributes {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`liverow.${name}`, String(value)]))
}

function textsOf(content: Record<string, unknown> = {}): Attributes {
  const texts = Object.entries(content).filter(([, value]) => value !== undefined)
  return Object.fromEntries(texts.map(([name, value]) => [name, textOf(value).slice(0, MOST_CHARACTERS)]))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function defined(attributes: Record<string, string | number | undefined>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}
