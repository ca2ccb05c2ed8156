import { z } from 'zod'
import { addressOf, goTo, useAddress } from './use-address.ts'

const guid = z.guid()

/** The address of a conversation, or with null of the page that begins one. */
export function sessionAddress(sessionId: string | null): string {
  return addressOf(sessionId === null ? { page: 'conversation' } : { session: sessionId })
}

/** The conversation that the address names, so that a reload or a link opens it again; null for none. */
export function useSessionId(): string | null {
  return guid.safeParse(useAddress().get('session')).data ?? null
}

/** Opens a conversation, or with null the page that begins one. */
export function openSession(sessionId: string | null): void {
  goTo(sessionAddress(sessionId))
}
