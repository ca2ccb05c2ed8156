import { z } from 'zod'
import { addressOf, goTo, useAddress } from './use-address.ts'

const guid = z.guid()

/** The address of a conversation, or with null of the page that begins one. */
export function sessionAddress(sessionId: string | null): string {
  return addressOf(sessionId === null ? { page: 'conversation' } : { session: sessionId })
}

// Conversations of these kinds have a page of their own.
const pages: Record<string, string> = { 'todo-chat': 'todos', scenario: 'scenarios' }

/** Where a conversation belongs whose turns are of this kind; null for among the others. */
export function homeOfSession(sessionId: string, kind: string | undefined): string | null {
  const page = pages[kind ?? '']
  return page ? addressOf({ page, session: sessionId }) : null
}

/** The conversation that the address names, so that a reload or a link opens it again; null for none. */
export function useSessionId(): string | null {
  return guid.safeParse(useAddress().get('session')).data ?? null
}

/** Opens a conversation, or with null the page that begins one. */
export function openSession(sessionId: string | null): void {
  goTo(sessionAddress(sessionId))
}
