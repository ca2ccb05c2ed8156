import { DatabaseError } from '../../db.ts'
import { Refusal } from '../refusal.ts'
import type { TakeTurn } from './room.ts'

/** @throws Refusal when the user has called it too often */
export async function insistOnTurn(
  takeTurn: TakeTurn,
  userId: string,
  { bucket, perMinute }: { bucket: string; perMinute: number },
): Promise<void> {
  const afterSeconds = await takeTurn(userId, bucket, perMinute).catch(error => {
    throw refusalTo(error)
  })
  if (afterSeconds === 0) return
  const message = `This may be called ${perMinute} times a minute: come back in ${afterSeconds} s.`
  throw new Refusal('too_many_calls', message, { afterSeconds })
}

function refusalTo(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error
  // Tokens outlive their users.
  if (error.code === '23503') return new Refusal('unauthenticated', 'There is no such user any more.', { cause: error })
  return new Refusal('unavailable', 'The database cannot be reached just now. Try again.', { cause: error })
}
