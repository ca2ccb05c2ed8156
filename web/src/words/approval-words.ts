import type { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import { type Approval, approversOf } from '../../../shared/client/approval-rows.ts'
import type { People } from '../hooks/use-people.ts'
import { shortId } from './number-words.ts'

/** How an approval ended, or that it waits. */
const approvalStatus: Record<Approval['status'], string> = {
  open: 'Waiting',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired',
  void: 'Not needed any more',
}

/** Who may decide: "an admin of Acme, other than who asked". */
export function decidersOf({ decider, not_asker }: Approval, enterprise: string | null): string {
  const place = enterprise ?? 'the enterprise'
  const who = { owner: 'whoever asked for the task', member: `anybody of ${place}`, admin: `an admin of ${place}` }[
    decider
  ]
  return not_asker ? `${who}, other than who asked` : who
}

/** How far a decision of several is: "1 of 2 people have approved"; null where one is enough. */
export function quorumOf(approval: Approval): string | null {
  if (approval.quorum === 1) return null
  return `${approversOf(approval).length} of ${approval.quorum} people have approved`
}

/** Everybody whom an approval names. */
export function peopleIn({ asker_id, decided_by, decisions }: Approval): (string | null)[] {
  return [asker_id, decided_by, ...decisions.map(({ user_id }) => user_id)]
}

/** Somebody, as far as one user may know of others. */
export function personName(id: string | null, userId: string | null, people: People): string {
  if (id === null) return 'a server'
  return id === userId ? 'you' : (people.get(id) ?? `user ${shortId(id)}`)
}

/** How it ended and by whom: "Approved by you", "Expired". */
export function outcomeOf({ status, decided_by }: Approval, userId: string | null, people: People): string {
  const isSomebodys = status === 'approved' || status === 'rejected'
  return isSomebodys ? `${approvalStatus[status]} by ${personName(decided_by, userId, people)}` : approvalStatus[status]
}

/** What came of a decision, to who made it. */
export function decisionDone({ tool_name, quorum }: Approval, decision: 'approve' | 'reject'): string {
  if (decision === 'reject') return `Rejected. The agent is told, and goes on without “${tool_name}”.`
  return quorum > 1
    ? `Your approval of “${tool_name}” counts. It runs once enough people have approved.`
    : `Approved. “${tool_name}” runs as soon as a worker takes the task.`
}

/** Why a decision was not taken, and what that means. */
export function refusalOf({ code, message }: AgentTaskError): { title: string; message: string } {
  const first = message.match(/^.*?\.(?=\s|$)/)?.[0] ?? message
  if (code === 'not_open') return { title: 'Too late', message: `${first} Your decision was not needed any more.` }
  if (code === 'not_allowed') {
    return {
      title: 'This is not yours to decide',
      message: 'It is up to somebody else, or your rights have changed meanwhile.',
    }
  }
  return { title: 'Your decision was not taken', message }
}
