import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Feed } from '../../../shared/client/feed.ts'

type Opening<View> = {
  /** What to watch, or null for nothing yet. */
  key: string | null
  /** Must keep its identity between renders. */
  open: (key: string) => Feed<View>
  empty: View
}

/** The view of a feed that is open for as long as the component is mounted. */
export function useFeed<View>({ key, open, empty }: Opening<View>): View {
  const [opened, setOpened] = useState<{ key: string; feed: Feed<View> } | null>(null)
  useEffect(() => {
    if (key === null) return
    const feed = open(key)
    setOpened({ key, feed })
    return feed.close
  }, [key, open])
  // Between a change of the key and its effect nothing is shown rather than the old.
  const feed = opened?.key === key ? opened.feed : null
  return useSyncExternalStore(feed?.subscribe ?? subscribeToNothing, feed?.getSnapshot ?? (() => empty))
}

function subscribeToNothing() {
  return () => undefined
}
