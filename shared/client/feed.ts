import type { Supabase } from './supabase.ts'

/** A live view: `getSnapshot` keeps its identity until something changes, as `useSyncExternalStore` wants it. */
export type Feed<View> = {
  getSnapshot: () => View
  /** Calls back at each change; returns what ends it. */
  subscribe: (listener: () => void) => () => void
  /** Reads anew, for the few changes of which no news comes. */
  refresh: () => void
  /** Gives this watcher's part up. The last one to do so ends the feed. */
  close: () => void
}

type Source = { refresh: () => void; stop: () => void }
type Shared<View> = { view: View; listeners: Set<() => void>; watchers: number; source: Source | null }

const running = new WeakMap<Supabase, Map<string, Shared<unknown>>>()

/**
 * Watches `topic`, together with everybody else who does: Realtime knows a topic once per client, so that a second
 * channel of the same name would be the first one. `start` begins the source and hands it the way to show a new view.
 */
export function openFeed<View>(
  supabase: Supabase,
  topic: string,
  first: View,
  start: (show: (view: View) => void) => Source,
): Feed<View> {
  const topics = running.get(supabase) ?? new Map<string, Shared<unknown>>()
  running.set(supabase, topics)
  // A topic names its kind of feed, so what runs under it has this view.
  const shared = (topics.get(topic) as Shared<View> | undefined) ?? begin(first, start)
  topics.set(topic, shared)
  shared.watchers++

  const own = new Set<() => void>()
  return {
    getSnapshot: () => shared.view,
    subscribe(listener) {
      // A function of its own, so that one listener may come twice.
      const call = () => listener()
      own.add(call)
      shared.listeners.add(call)
      return () => {
        own.delete(call)
        shared.listeners.delete(call)
      }
    },
    refresh: () => shared.source?.refresh(),
    close: once(() => {
      for (const call of own) shared.listeners.delete(call)
      if (--shared.watchers > 0) return
      topics.delete(topic)
      shared.source?.stop()
    }),
  }
}

function begin<View>(first: View, start: (show: (view: View) => void) => Source): Shared<View> {
  const shared: Shared<View> = { view: first, listeners: new Set(), watchers: 0, source: null }
  shared.source = start(view => {
    shared.view = view
    for (const listener of shared.listeners) listener()
  })
  return shared
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    action()
  }
}
