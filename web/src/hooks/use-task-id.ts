import { useSyncExternalStore } from 'react'
import { z } from 'zod'

const guid = z.guid()
const listeners = new Set<() => void>()

/** The task that the address names, so that a reload or a link opens it again; null for none. */
export function useTaskId(): string | null {
  return useSyncExternalStore(subscribe, taskIdOfAddress)
}

/** Opens a task, or with null the page that asks for one. */
export function openTask(taskId: string | null): void {
  history.pushState(null, '', taskId ? `?task=${taskId}` : location.pathname)
  for (const listener of listeners) listener()
}

function taskIdOfAddress(): string | null {
  return guid.safeParse(new URLSearchParams(location.search).get('task')).data ?? null
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('popstate', listener)
  }
}
