import type { RealtimeChannel } from '@supabase/supabase-js'
import { z } from 'zod'
import type { Supabase } from './supabase.ts'

type Wanted = {
  topic: string
  /** Adds the bindings; they must be there before the channel is joined. */
  listen: (channel: RealtimeChannel) => void
  /** From here on changes flow; what happened before may have been missed. Comes again after every rejoin. */
  onUp: () => void
  onDown: () => void
}

const system = z.looseObject({ status: z.string(), extension: z.string() })
const backoffMs = [500, 1_000, 2_000, 5_000, 10_000]

/**
 * Keeps a private channel joined until the returned function is called. The client itself rejoins after errors; what
 * it does not survive is a closed channel (an expired token closes it), so that one is made anew here.
 */
export function keepChannel(supabase: Supabase, { topic, listen, onUp, onDown }: Wanted): () => void {
  let channel: RealtimeChannel | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let stopped = false

  void open()
  return () => {
    stopped = true
    clearTimeout(timer)
    if (channel) void supabase.removeChannel(channel)
  }

  async function open(): Promise<void> {
    // Without this a channel opened at page load joins as a stranger, hears nothing and is told nothing
    // (supabase-js PR 2655).
    try {
      await supabase.realtime.setAuth()
    } catch {
      return openLater()
    }
    if (stopped) return
    const opened = supabase.channel(topic, { config: { private: true, postgres_changes_options: { wait: true } } })
    channel = opened
    listen(opened)
    opened.on('system', {}, onSystem).subscribe(status => {
      if (stopped || channel !== opened) return
      if (status === 'SUBSCRIBED') up()
      else onDown()
      // The client has forgotten a closed channel already; removing it in here would recurse without end.
      if (status === 'CLOSED') openLater()
    })
  }

  // SUBSCRIBED may come before Postgres is listened to, and the subscription may be renewed: this message tells.
  function onSystem(message: unknown): void {
    const { data } = system.safeParse(message)
    if (stopped || data?.extension !== 'postgres_changes') return
    if (data.status === 'ok') up()
    else onDown()
  }

  function up(): void {
    failures = 0
    onUp()
  }

  function openLater(): void {
    channel = null
    if (stopped) return
    clearTimeout(timer)
    timer = setTimeout(open, backoffMs[Math.min(failures++, backoffMs.length - 1)])
  }
}
