import type { RealtimeChannel } from '@supabase/supabase-js'
import { AgentTaskError } from './agent-task-error.ts'
import { keepChannel } from './keep-channel.ts'
import { onWake } from './on-wake.ts'
import type { Supabase } from './supabase.ts'

/** How news comes in: not yet, over the channel, by asking again and again, or not at all. */
export type Connection = 'connecting' | 'live' | 'polling' | 'offline'

/** Where a feed stands with its source; `error` is why the last reading failed. */
export type Link = { connection: Connection; error: AgentTaskError | null }

/** The link of a feed that has just begun. */
export const firstLink: Link = { connection: 'connecting', error: null }

type Source = {
  topic: string
  listen: (channel: RealtimeChannel) => void
  /** Brings the feed up to date from the database. */
  read: () => Promise<void>
  /** When to read again if no news comes, or null for never. */
  pollMs: (channelIsUp: boolean) => number | null
  onLink: (link: Link) => void
}

/** A running feed's source. */
export type Live = { refresh: () => void; stop: () => void }

/**
 * Keeps a feed in step with the database: it reads at once, whenever the channel comes up, when the page wakes, when
 * asked to (`refresh`), and by the clock in between. Events are only ever news that may be lost; the rows are the truth.
 */
export function keepLive(supabase: Supabase, { topic, listen, read, pollMs, onLink }: Source): Live {
  let channelIsUp = false
  let channelHasFailed = false
  let error: AgentTaskError | null = null
  let hasRead = false
  let reading = false
  let readAgain = false
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const leave = keepChannel(supabase, { topic, listen, onUp: () => onChannel(true), onDown: () => onChannel(false) })
  const ignoreWake = onWake(() => {
    // A tab that slept may hold a token from before (supabase-js issue 2613).
    void supabase.realtime.setAuth().finally(refresh)
  })
  refresh()
  return { refresh, stop }

  function stop(): void {
    stopped = true
    clearTimeout(timer)
    ignoreWake()
    leave()
  }

  function onChannel(isUp: boolean): void {
    channelHasFailed ||= !isUp
    channelIsUp = isUp
    report()
    refresh()
  }

  // One reading at a time. What asks during one gets another after it, since that one may have looked too early.
  function refresh(): void {
    readAgain = true
    if (!reading && !stopped) void readOn()
  }

  async function readOn(): Promise<void> {
    reading = true
    clearTimeout(timer)
    while (readAgain && !stopped) {
      readAgain = false
      error = await attempt(read)
      hasRead ||= !error
    }
    reading = false
    if (stopped) return
    report()
    const delay = pollMs(channelIsUp && !error)
    if (delay !== null) timer = setTimeout(refresh, delay)
  }

  function report(): void {
    onLink({ connection: connection(), error })
  }

  function connection(): Connection {
    // Also while the channel seems to be up: a dead network is noticed there only when a heartbeat stays unanswered.
    if (error) return 'offline'
    if (!hasRead) return 'connecting'
    if (channelIsUp) return 'live'
    return channelHasFailed ? 'polling' : 'connecting'
  }
}

async function attempt(read: () => Promise<void>): Promise<AgentTaskError | null> {
  try {
    await read()
    return null
  } catch (cause) {
    if (cause instanceof AgentTaskError) return cause
    return new AgentTaskError('unreadable', 'What the server sent cannot be read. Reload the page.', { cause })
  }
}
