import { useMemo, useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()

/** What the address asks for after its question mark. Back and forward, links and reloads all go by it. */
export function useAddress(): URLSearchParams {
  const search = useSyncExternalStore(subscribe, () => location.search)
  return useMemo(() => new URLSearchParams(search), [search])
}

/** The page that an address is of, as agents and the choice of a scenario know it: a path. */
export function pathOf(address: URLSearchParams): string {
  return `/${address.get('page') ?? ''}`
}

/** The part of an address that stands for these values; null and empty ones are left out. */
export function addressOf(values: Record<string, string | null | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) if (value) search.set(name, value)
  return search.size > 0 ? `?${search}` : location.pathname
}

/** Goes to an address made by `addressOf`; with `replace` the way back does not lead through the present one. */
export function goTo(address: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('popstate', listener)
  }
}
