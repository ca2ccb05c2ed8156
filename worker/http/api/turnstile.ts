import { Refusal } from '../refusal.ts'

/** Lets each user wait here for so many answers at once; who leaves says so by what `enter` gives. */
export type Turnstile = { enter: (userId: string) => () => void }

/** One user must not take all of a worker's sockets. The cap on unfinished tasks holds over all workers, this one here. */
export function createTurnstile(most: number): Turnstile {
  const inside = new Map<string, number>()
  return {
    enter: userId => {
      const count = inside.get(userId) ?? 0
      if (count >= most) {
        throw new Refusal('too_many_requests', `You wait for ${most} answers already, which is the limit: end some.`)
      }
      inside.set(userId, count + 1)
      return () => {
        const left = (inside.get(userId) ?? 1) - 1
        if (left > 0) inside.set(userId, left)
        else inside.delete(userId)
      }
    },
  }
}
