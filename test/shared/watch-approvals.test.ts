import { expect, onTestFinished, test } from 'vitest'
import { presentArguments } from '../../shared/client/approval-rows.ts'
import { decideAgentApproval } from '../../shared/client/decide-agent-approval.ts'
import { insertAgentTask } from '../../shared/client/submit-agent-task.ts'
import { watchApprovals } from '../../shared/client/watch-approvals.ts'
import { watchTask } from '../../shared/client/watch-task.ts'
import type { SignedUp } from '../support/stack.ts'
import { startWithPeople } from './people.ts'
import { until } from './until.ts'
import { holdTask } from './worker-by-hand.ts'

const { stack, ada, eve } = await startWithPeople()
const boss = await stack.signUp('boss@example.test')
const [acme] = await stack.sql`insert into enterprises (name) values ('Acme') returning id`
for (const [{ userId }, role] of [
  [ada, 'member'],
  [boss, 'admin'],
] as const) {
  await stack.sql`insert into enterprise_members (enterprise_id, user_id, role) values (${acme?.id}, ${userId}, ${role})`
}

const question = {
  key: 'tool:/call_1',
  agent: 'Refunds',
  tool_name: 'refund_order',
  arguments: { order_id: 'A-1', amount: 10 },
  decider: 'admin',
  not_asker: true,
  may_edit: true,
}

/** A task of Ada's that is parked for consent; resolves with the approval. */
async function ask(more: object = {}) {
  const { id } = await insertAgentTask(ada.client, { prompt: 'My money back.', enterpriseId: acme?.id })
  const held = await holdTask(stack, id)
  await held.ask({ ...question, ...more })
  await held.settle('waiting', {})
  const [row] = await stack.sql`select id from agent_approvals where task_id = ${id}`
  return { taskId: id, id: String(row?.id) }
}

function inbox({ client, userId }: SignedUp) {
  const feed = watchApprovals(client, userId)
  onTestFinished(feed.close)
  return feed
}

test('whoever may decide sees a question as it is asked, and how it ends', async () => {
  const feed = inbox(boss)
  await until(feed, ({ connection, approvals }) => connection === 'live' && approvals !== null)
  const { id } = await ask()
  await until(feed, ({ approvals }) => approvals?.some(each => each.id === id && each.status === 'open') ?? false)
  await decideAgentApproval(boss.client, id, { decision: 'reject', reason: ' Too late. ' })
  const { approvals } = await until(
    feed,
    view => view.approvals?.some(each => each.id === id && each.status !== 'open') ?? false,
  )
  expect(approvals?.find(each => each.id === id)).toMatchObject({
    status: 'rejected',
    reason: 'Too late.',
    decided_by: boss.userId,
    decisions: [{ decision: 'reject', user_id: boss.userId }],
  })
})

test('the watcher of the task sees the same, with changed arguments', async () => {
  const { id, taskId } = await ask()
  const feed = watchTask(ada.client, taskId)
  onTestFinished(feed.close)
  await until(feed, ({ connection, approvals }) => connection === 'live' && approvals[0]?.status === 'open')
  await decideAgentApproval(boss.client, id, { decision: 'approve', arguments: { order_id: 'A-1', amount: 5 } })
  const { approvals } = await until(feed, view => view.approvals[0]?.status === 'approved')
  expect(approvals.map(presentArguments)).toEqual([{ order_id: 'A-1', amount: 5 }])
})

test('a stranger neither sees nor decides', async () => {
  const feed = inbox(eve)
  const { id } = await ask()
  await until(inbox(boss), ({ approvals }) => approvals?.some(each => each.id === id) ?? false)
  await until(feed, ({ connection, approvals }) => connection === 'live' && approvals !== null)
  expect(feed.getSnapshot().approvals).toEqual([])
  await expect(decideAgentApproval(eve.client, id, { decision: 'approve' })).rejects.toMatchObject({
    code: 'not_allowed',
  })
  await expect(decideAgentApproval(ada.client, id, { decision: 'approve' })).rejects.toMatchObject({
    code: 'not_allowed',
  })
})

test('a decision that comes too late is told so, and why', async () => {
  const { id } = await ask()
  await decideAgentApproval(boss.client, id, { decision: 'approve', arguments: question.arguments })
  await expect(decideAgentApproval(boss.client, id, { decision: 'reject' })).rejects.toMatchObject({
    code: 'not_open',
    message: expect.stringContaining('approved already'),
  })
  const expired = await ask({ expires_seconds: -1 })
  await expect(decideAgentApproval(boss.client, expired.id, { decision: 'approve' })).rejects.toMatchObject({
    code: 'not_open',
    message: expect.stringContaining('expired'),
  })
})

test('arguments that somebody has changed meanwhile are not approved unseen', async () => {
  await stack.sql`insert into platform_admins (user_id) values (${eve.userId})`
  onTestFinished(async () => void (await stack.sql`delete from platform_admins where user_id = ${eve.userId}`))
  const { id } = await ask({ quorum: 2 })
  await decideAgentApproval(eve.client, id, { decision: 'approve', arguments: { order_id: 'A-1', amount: 1_000 } })
  // The boss has read the question before that.
  await decideAgentApproval(boss.client, id, { decision: 'approve', arguments: question.arguments })
  const [row] = await stack.sql`select status, edited_arguments from agent_approvals where id = ${id}`
  expect(row).toMatchObject({ status: 'open', edited_arguments: question.arguments })
})
