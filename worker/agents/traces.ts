import { setTraceProcessors, setTracingDisabled } from '@openai/agents'
import type { Config } from '../config.ts'
import type { Task } from '../task.ts'
import type { Telemetry } from '../telemetry.ts'
import { openaiTraces } from './trace-openai.ts'
import { otlpTraces } from './trace-otlp.ts'
import { createTraceQueue } from './trace-queue.ts'

/** What leaves this process about how agents ran; the journal is kept in any case. */
export type Traces = {
  /** The part of a Runner's configuration that is about traces. All attempts at a task are one trace. */
  forTask: (task: Pick<Task, 'id' | 'kind' | 'life' | 'attempt' | 'correlationId'>) => {
    tracingDisabled: boolean
    traceIncludeSensitiveData: boolean
    traceId: string
    workflowName: string
    traceMetadata: Record<string, string>
  }
  /** Sends what waits, for a few seconds at most. Never fails. */
  flush: () => Promise<void>
}

const FLUSH_MS = 3_000

/**
 * Sends traces to OpenAI, to a collector, to both or nowhere. The SDK keeps one set of processors for the process, so
 * call this once, and before any run: without it, the SDK would send prompts and answers to OpenAI by itself.
 */
export function startTraces(settings: TracesConfig, telemetry: Telemetry): Traces {
  const { openaiKey, otlpUrl, content, version } = settings
  const endpoint = settings.openaiEndpoint
  const queues = [
    ...(openaiKey
      ? [createTraceQueue(openaiTraces({ key: openaiKey, content, ...(endpoint && { endpoint }) }), telemetry)]
      : []),
    ...(otlpUrl ? [createTraceQueue(otlpTraces({ url: otlpUrl, version, content }), telemetry)] : []),
  ]
  const isOn = queues.length > 0
  setTraceProcessors(queues)
  setTracingDisabled(!isOn)
  return {
    forTask: ({ id, kind, life, attempt, correlationId }) => ({
      tracingDisabled: !isOn,
      // Models and tokens come only together with the texts; what may not leave, the sinks keep back.
      traceIncludeSensitiveData: true,
      traceId: `trace_${id.replaceAll('-', '')}`,
      workflowName: kind,
      traceMetadata: {
        task_id: id,
        kind,
        life: String(life),
        attempt: String(attempt),
        ...(correlationId !== null && { correlation_id: correlationId }),
      },
    }),
    flush: async () => {
      const { promise: over, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, FLUSH_MS)
      await Promise.race([Promise.all(queues.map(queue => queue.forceFlush())), over])
      clearTimeout(timer)
    },
  }
}

/** @property openaiEndpoint where tests stand in for OpenAI. */
type TracesConfig = Config['traces'] & { openaiEndpoint?: string }
