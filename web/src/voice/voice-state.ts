import type { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import type { Escalation } from '../../../shared/client/scenario-rows.ts'
import type { Entry } from './transcript.ts'

/** Where a call stands. `reconnecting`: the line broke and is being made anew; `failed`: it was given up, see `error`. */
export type CallStatus = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'failed'

/** A line of the log: what went over the wire, or what the page did. */
export type LogLine = { id: number; at: number; way: 'sent' | 'received' | 'here'; type: string; detail: unknown }

/** All that a page may show of a call. */
export type VoiceState = {
  status: CallStatus
  error: AgentTaskError | null
  sessionId: string | null
  scenarioId: string | null
  agents: readonly { name: string; title: string }[]
  activeAgent: string | null
  /** While it is open or taken the agents keep silent: a person answers. */
  escalation: Escalation | null
  entries: readonly Entry[]
  logs: readonly LogLine[]
  /** The button to talk is held and the microphone is open. */
  isTalking: boolean
  /** An answer is on its way. */
  isThinking: boolean
  /** An answer is being heard. */
  isSpeaking: boolean
  /** The microphone is open without a button's being held. */
  isHandsFree: boolean
  /** That one is closed for now. */
  isMuted: boolean
  /** Somebody is heard to speak into it. */
  isHeard: boolean
  /** The assistant's voice is off; its words go on. */
  isSilenced: boolean
  /** Why nothing can be said, though it can be written. */
  microphoneProblem: string | null
  /** There is something to download. */
  isRecorded: boolean
}

/** Nothing is heard or said. */
export const atRest = {
  isTalking: false,
  isThinking: false,
  isSpeaking: false,
  isHandsFree: false,
  isMuted: false,
  isHeard: false,
} satisfies Partial<VoiceState>

/** Before anybody has called. */
export const idle: VoiceState = {
  status: 'idle',
  error: null,
  sessionId: null,
  scenarioId: null,
  agents: [],
  activeAgent: null,
  escalation: null,
  entries: [],
  logs: [],
  ...atRest,
  isSilenced: false,
  microphoneProblem: null,
  isRecorded: false,
}
