import type { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import type { Line } from './line.ts'
import { type Decision, handOver } from './session-rows.ts'
import { untilWorthTrying } from './until-worth-trying.ts'
import type { VoiceStore } from './voice-store.ts'

type Options = {
  store: VoiceStore
  sessionId: () => string | undefined
  line: () => Line | undefined
  /** Fires when the call ends. */
  signal: AbortSignal
}

const MOST_TRIES = 6

/** The changes of who answers: those that agents make themselves are told to the server, those of others take hold here. */
export function createSwitches({ store, sessionId, line, signal }: Options) {
  let ordered: Decision | undefined

  const tell = async (decision_id: string, from_agent: string, to_agent: string) => {
    const session_id = sessionId()
    if (!session_id) return
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      // The first at once, though the call may just have ended.
      if (tries > 0) await untilWorthTrying(tries, signal)
      try {
        return await handOver({ session_id, decision_id, from_agent, to_agent })
      } catch (error) {
        const { code, message, retryable } = error as AgentTaskError
        store.log('here', { type: 'handoff not kept', code, message })
        if (!retryable || signal.aborted) return
      }
    }
  }
  return {
    /** Another one answers from here on. */
    note(from: string, to: string): void {
      const id = crypto.randomUUID()
      const reason = ordered?.reason ?? null
      store.enter('switch', id, () => ({ kind: 'switch', id, from, to, reason }))
      store.put({ activeAgent: to })
      if (ordered?.to_agent !== to) void tell(id, from, to)
    },
    /** Somebody else has decided it. */
    async obey(decision: Decision): Promise<void> {
      store.log('here', { type: 'decision', ...decision })
      ordered = decision
      await line()?.switchTo(decision.to_agent)
      ordered = undefined
    },
  }
}
