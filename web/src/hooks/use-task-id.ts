import { z } from 'zod'
import { addressOf, goTo, useAddress } from './use-address.ts'

const guid = z.guid()

/** The task that the address names, so that a reload or a link opens it again; null for none. */
export function useTaskId(): string | null {
  return guid.safeParse(useAddress().get('task')).data ?? null
}

/** Opens a task, or with null the page that asks for one. */
export function openTask(taskId: string | null): void {
  goTo(addressOf({ task: taskId }))
}
