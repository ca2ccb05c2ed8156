import { z } from 'zod'

const decision = z.object({
  id: z.number(),
  /** Null: a server, or the dashboard. */
  user_id: z.string().nullable(),
  decision: z.enum(['approve', 'reject']),
  reason: z.string().nullable(),
  edited_arguments: z.json(),
  decided_at: z.string(),
})

const approval = z.object({
  id: z.string(),
  task_id: z.string(),
  life: z.number(),
  /** Of its tool call in the journal; of one that was cut off and may run again, after `again:`. */
  key: z.string(),
  enterprise_id: z.string().nullable(),
  asker_id: z.string().nullable(),
  agent: z.string(),
  /** What the agent is called, where that is not its name. */
  agent_title: z.string().nullable(),
  tool_name: z.string(),
  arguments: z.json(),
  status: z.enum(['open', 'approved', 'rejected', 'expired', 'void']),
  decider: z.enum(['owner', 'member', 'admin']),
  quorum: z.number(),
  not_asker: z.boolean(),
  may_edit: z.boolean(),
  expires_at: z.string().nullable(),
  reason: z.string().nullable(),
  edited_arguments: z.json(),
  decided_by: z.string().nullable(),
  decided_at: z.string().nullable(),
  created_at: z.string(),
  decisions: z.array(decision),
})

/** A question whether a tool may be called, with all that was said on it. */
export type Approval = z.output<typeof approval>

/** The columns of an approval that a reader asks for. */
export const approvalColumns = Object.keys(approval.shape)
  .map(name => (name === 'decisions' ? `decisions:agent_approval_decisions(${Object.keys(decision.shape)})` : name))
  .join(',')

/** Reads approvals with their decisions, these in their order. @throws ZodError if they are none */
export function parseApprovals(rows: unknown): Approval[] {
  return z
    .array(approval)
    .parse(rows)
    .map(row => ({ ...row, decisions: row.decisions.toSorted((a, b) => a.id - b.id) }))
}

/** What is to be approved: the arguments, as somebody may have changed them meanwhile. */
export function presentArguments({ edited_arguments, arguments: given }: Approval) {
  return edited_arguments ?? given
}

/** Who has approved what is there now. An edit of the arguments leaves what was said before behind. */
export function approversOf({ decisions }: Approval): readonly (string | null)[] {
  const since = decisions.findLastIndex(({ edited_arguments }) => edited_arguments !== null)
  const approving = decisions.slice(Math.max(0, since)).filter(({ decision }) => decision === 'approve')
  return [...new Set(approving.map(({ user_id }) => user_id))]
}

/** Whether it can still be decided. */
export function isOpen({ status, expires_at }: Approval, now: number): boolean {
  return status === 'open' && (expires_at === null || Date.parse(expires_at) > now)
}

/** Who somebody is to approvals, by the tables of rights. */
export type Decider = {
  userId: string
  isPlatformAdmin: boolean
  memberOf: readonly string[]
  adminOf: readonly string[]
}

/** Whether somebody may decide, as the database sees it. It decides what is shown; what is allowed is up to the database. */
export function mayDecide(approval: Approval, who: Decider): boolean {
  const { asker_id, enterprise_id, decider, not_asker } = approval
  if (not_asker && asker_id === who.userId) return false
  if (who.isPlatformAdmin) return true
  const isMember = enterprise_id !== null && who.memberOf.includes(enterprise_id)
  switch (decider) {
    case 'owner':
      return asker_id === who.userId && (enterprise_id === null || isMember)
    case 'member':
      return isMember
    case 'admin':
      return enterprise_id !== null && who.adminOf.includes(enterprise_id)
  }
}
