import { z } from 'zod'
import { addressOf, goTo, useAddress } from '../use-address.ts'

const guid = z.guid()

/** The address of a task's story over the page as it is. */
export function useStoryAddress(): (taskId: string | null) => string {
  const address = useAddress()
  return taskId => addressOf({ ...Object.fromEntries(address), task: taskId })
}

/** The task whose story the address asks for, and how to close it. */
export function useOpenStory() {
  const taskId = guid.safeParse(useAddress().get('task')).data ?? null
  const addressFor = useStoryAddress()
  return { taskId, close: () => goTo(addressFor(null)) }
}
