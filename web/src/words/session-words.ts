import type { AgentSession, OnBusy } from '../../../shared/client/session-rows.ts'

/** What becomes of a question that comes while another one is being answered. */
export const onBusyNames: Record<OnBusy, string> = {
  enqueue: 'Next questions wait',
  interrupt: 'Next questions interrupt',
  reject: 'One question at a time',
}

/** The name of a conversation. */
export function sessionName({ title }: Pick<AgentSession, 'title'>): string {
  return title ?? 'Conversation'
}
