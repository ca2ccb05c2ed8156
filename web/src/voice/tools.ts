import { z } from 'zod'
import type { Escalation } from '../../../shared/client/scenario-rows.ts'
import type { LateResult, Line } from './line.ts'
import { executeTool, readToolOutcome, type ToolOutcome } from './server.ts'
import type { ToolCall } from './transcript.ts'
import { untilFinished } from './until-finished.ts'
import { untilWorthTrying } from './until-worth-trying.ts'
import type { VoiceStore } from './voice-store.ts'

type Options = {
  store: VoiceStore
  sessionId: () => string | undefined
  line: () => Line | undefined
  /** Fires when the call ends. */
  signal: AbortSignal
  /** An agent has asked for a person. */
  onEscalated: (escalation: Escalation) => void
}

type Begun = Pick<ToolCall, 'id' | 'name' | 'arguments'>

/** The tools of a call's agents: each runs on the server and is shown here. What comes late is told to the model then. */
export function createTools({ store, sessionId, line, signal, onEscalated }: Options) {
  let late: LateResult[] = []

  const show = (call: Begun, state: ToolCall['state'], more: Partial<ToolCall> = {}) =>
    store.enter<ToolCall>('tool', call.id, () => ({
      kind: 'tool',
      taskId: null,
      result: null,
      durationMs: null,
      ...more,
      ...call,
      state,
    }))
  const note = (call: Begun, outcome: ToolOutcome) => {
    show(call, outcome.state, outcome)
    store.log('here', { type: 'tool', name: call.name, state: outcome.state })
  }
  const resume = () => {
    const open = line()
    if (!open || late.length === 0) return
    for (const result of late) open.report(result)
    late = []
    const { isTalking, isHeard } = store.getSnapshot()
    // Whoever talks just now is answered soon, and not spoken over.
    if (!isTalking && !isHeard) open.answer()
  }
  const follow = async (call: Begun, taskId: string) => {
    let outcome: ToolOutcome = { state: 'waiting', taskId, result: null }
    for (let tries = 0; outcome.state === 'waiting'; tries += 1) {
      await untilFinished(taskId, signal)
      await untilWorthTrying(tries, signal)
      if (signal.aborted) return
      outcome = await readToolOutcome(taskId)
    }
    note(call, outcome)
    late.push({ name: call.name, args: call.arguments, output: words(outcome.result) })
    resume()
  }
  return {
    /** Runs one; resolves with what the model is to be told. */
    async run(name: string, args: unknown, id: string): Promise<string> {
      const call: Begun = { id, name, arguments: args }
      show(call, 'running')
      const session = sessionId() ?? ''
      const outcome = await executeTool({ name, args, callId: id, sessionId: session })
      note(call, outcome)
      if (outcome.state === 'waiting') void follow(call, outcome.taskId)
      // At once: by the time that the news of it comes, an agent would have spoken on.
      const { data } = asked.safeParse(name === 'escalate_to_human' ? outcome.result : undefined)
      if (data) onEscalated(escalationOf(data, args, session))
      return words(outcome.result)
    },
    /** The line was made anew: what came meanwhile is told. */
    resume,
  }
}

function words(result: unknown): string {
  return JSON.stringify(result) ?? 'null'
}

const asked = z.object({ escalation: z.string(), status: z.enum(['open', 'taken']) })

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
