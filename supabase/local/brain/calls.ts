import { createHash } from 'node:crypto'
import type { ChatCompletionRequest } from '@copilotkit/aimock'

/**
 * A model call, noted before its answer begins, so that it counts even when the client breaks off.
 *
 * @property state of the conversation as a hash: the same twice is a repeated call. Conversations begin alike when
 *   their prompts are the same; call ids tell them apart from the first tool call on.
 */
export type Call = { at: number; agent: string; prompt: string; state: string }

/** A stack that runs for weeks keeps the latest. */
const KEPT = 50_000

/** The log of calls: what a test that kills workers counts by. */
export function createCallLog() {
  const calls: Call[] = []
  let total = 0
  return {
    add(request: ChatCompletionRequest, call: Pick<Call, 'agent' | 'prompt'>): void {
      const state = createHash('sha256').update(JSON.stringify(request.messages)).digest('base64url')
      calls.push({ at: Date.now(), ...call, state })
      total += 1
      if (calls.length > KEPT) calls.splice(0, KEPT / 2)
    },
    total: () => total,
    list: (): readonly Call[] => calls,
    repeats: () => calls.length - new Set(calls.map(call => call.state)).size,
  }
}
