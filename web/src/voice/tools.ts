import { z } from 'zod'
import type { Escalation } from '../../../shared/client/scenario-rows.ts'
import { executeTool } from './server.ts'
import type { ToolCall } from './transcript.ts'
import type { VoiceStore } from './voice-store.ts'

type Options = {
  store: VoiceStore
  sessionId: () => string | undefined
  /** An agent has asked for a person. */
  onEscalated: (escalation: Escalation) => void
}

const asked = z.object({ escalation: z.string(), status: z.enum(['open', 'taken']) })

/** The tools of a call's agents: each runs on the server and is shown here. */
export function createTools({ store, sessionId, onEscalated }: Options) {
  return {
    /** Runs one; resolves with what the model is to be told. */
    async run(name: string, args: unknown, callId: string): Promise<string> {
      const begun = { kind: 'tool', id: callId, name, arguments: args, state: 'running' } as const
      store.enter<ToolCall>('tool', callId, () => ({ ...begun, result: null, durationMs: null }))
      const session = sessionId() ?? ''
      const { ok, result, durationMs } = await executeTool({ name, args, callId, sessionId: session })
      store.log('here', { type: 'tool', name, ok, durationMs })
      store.enter<ToolCall>('tool', callId, () => ({ ...begun, state: ok ? 'done' : 'failed', result, durationMs }))
      // At once: by the time that the news of it comes, an agent would have spoken on.
      const { data } = asked.safeParse(name === 'escalate_to_human' && ok ? result : undefined)
      if (data) onEscalated(escalationOf(data, args, session))
      return JSON.stringify(result) ?? 'null'
    },
  }
}

function escalationOf({ escalation, status }: z.output<typeof asked>, args: unknown, session_id: string): Escalation {
  const { reason } = (args ?? {}) as { reason?: unknown }
  const now = new Date().toISOString()
  return {
    id: escalation,
    session_id,
    reason: String(reason ?? ''),
    status,
    taken_by: null,
    created_at: now,
    updated_at: now,
  }
}
