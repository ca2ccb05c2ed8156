import { SignJWT } from 'jose'
import { TaskError } from '../errors.ts'
import type { Task } from '../task.ts'

/** The user of a task, as a token that the user's own Supabase project accepts. */
export type Identity = { tokenOf: (task: Pick<Task, 'id' | 'userId'>) => Promise<string> }

/** Long enough for one request and a slow clock; whoever finds it later finds it dead. */
const LIFETIME = '5 minutes'

/**
 * Makes tokens in the name of a task's user: row-level security then decides what a tool may see, at each request anew.
 * A token is made for each use and kept nowhere.
 *
 * @param secret the secret that the project signs its users' tokens with.
 */
export function createIdentity(secret: string | undefined): Identity {
  const key = secret === undefined ? undefined : new TextEncoder().encode(secret)
  return {
    /** @throws TaskError `user_token_missing` without a secret, `user_required` for a task of nobody. */
    tokenOf: async ({ id, userId }) => {
      if (!key) {
        throw new TaskError(
          'user_token_missing',
          'A tool of this task acts as its user, and the worker cannot: set USER_TOKEN_SECRET of the worker.',
        )
      }
      if (userId === null) {
        throw new TaskError(
          'user_required',
          'A tool of this task acts as its user, and the task has none: set user_id.',
        )
      }
      return new SignJWT({ role: 'authenticated', task_id: id })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer('liverow')
        .setAudience('authenticated')
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime(LIFETIME)
        .sign(key)
    },
  }
}
