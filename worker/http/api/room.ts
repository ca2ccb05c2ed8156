import type { Wait } from './waiting.ts'

/** What the endpoints share in a process. */
export type ApiRoom = {
  /** The model of agents that name none. */
  modelName: string
  /** Null where moderation is switched off. */
  moderate: Moderate | null
  /** @throws TaskError when the user's day is spent, or the provider fails */
  mintRealtimeKey: (userId: string, signal: AbortSignal) => Promise<RealtimeKey>
  takeTurn: TakeTurn
  /** The same question, and nothing is taken. */
  seeTurn: TakeTurn
  /** Hears what moderation does not let pass. */
  noteObjection: (place: 'input' | 'output', categories: string[]) => void
  wait: Wait
  /** The models that users may call by themselves, the usual one first. */
  responseModels: string[]
  /** One such call, within the user's budget. @throws TaskError */
  respond: (userId: string, wish: Wish, signal: AbortSignal) => AsyncGenerator<ModelEvent>
}

type Wish = {
  model: string
  input: string | { role: 'user' | 'assistant' | 'developer'; content: string }[]
  max_output_tokens: number
  instructions?: string | undefined
}

/** An event of the provider's Responses API. */
type ModelEvent = { type: string; response?: unknown }

/** Looks through texts. @throws TaskError when the provider fails */
type Moderate = (texts: string[], signal: AbortSignal) => Promise<{ flagged: boolean; categories: string[] }>

/** Takes one of so many calls a minute that a user has of something, on whichever instance. → 0, or seconds to wait */
export type TakeTurn = (userId: string, bucket: string, perMinute: number) => Promise<number>

/** Opens one conversation by voice, soon ends, and is no key to anything else. */
type RealtimeKey = {
  client_secret: { value: string; expires_at: number }
  model: string
  /** Where the conversation is held, if not at the provider. */
  url?: string
}
