/** What was said, by whom. `writing` while it comes, `cut` where somebody fell into it, `withheld` where moderation objects. */
export type Message = {
  kind: 'message'
  id: string
  role: 'user' | 'assistant'
  text: string
  /** The name of who answered. */
  agent: string | null
  isSpoken: boolean
  /** By a person in the agents' place. */
  isFromPerson: boolean
  state: 'writing' | 'said' | 'cut' | 'withheld'
}

/** A tool that an agent has called. */
export type ToolCall = {
  kind: 'tool'
  id: string
  name: string
  /** Null while they are unreadable, which a model may write. */
  arguments: unknown
  /** `waiting` for people who have to approve it, or since it takes long. */
  state: 'running' | 'waiting' | 'done' | 'failed'
  /** Where it is done; null before that is known, and once it is over. */
  taskId: string | null
  result: unknown
  durationMs: number | null
}

/** From here on another agent answers. */
type Switch = { kind: 'switch'; id: string; from: string | null; to: string; reason: string | null }

/** A person is to answer in the agents' place, does, or has given back. */
export type PersonStep = { kind: 'person'; id: string; step: 'asked' | 'came' | 'left'; reason: string }

/** Something that a guardrail has done, or that went wrong. */
export type Notice = { kind: 'notice'; id: string; text: string; isGuardrail: boolean }

/** A line of the live transcript. */
export type Entry = Message | ToolCall | Switch | PersonStep | Notice

/** The transcript with this entry in it: in its place if it was there, else at the end. */
export function withEntry<E extends Entry>(
  entries: readonly Entry[],
  kind: E['kind'],
  id: string,
  change: (before: E | undefined) => E,
): Entry[] {
  const at = entries.findIndex(entry => entry.id === id && entry.kind === kind)
  const after = change(entries[at] as E | undefined)
  return at < 0 ? [...entries, after] : entries.with(at, after)
}

/** What is worth remembering of it: what was said to the end, without what was withheld. */
export function saidIn(entries: readonly Entry[]): Message[] {
  return entries.filter(
    (entry): entry is Message =>
      entry.kind === 'message' && /^(said|cut)$/.test(entry.state) && entry.text.trim() !== '',
  )
}
