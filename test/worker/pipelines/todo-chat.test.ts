import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createIdentity } from '../../../worker/agents/identity.ts'
import type { Outcome } from '../../../worker/task.ts'
import { startStack } from '../../support/stack.ts'
import {
  claimNext,
  type Held,
  heirOf,
  perform,
  roomWithBrain,
  roomWithProvider,
  stepsOf,
  take,
  takeOver,
} from '../agents/arrange.ts'
import { intercept, type Row, setScene } from '../arrange.ts'
import { openDoors } from '../http/arrange.ts'

// The database of the stack, since the todos' server reaches it as a user does.
const stack = await startStack()
const scene = await setScene(stack)
const { sql } = scene
const [ada, eve] = [await stack.signUp('ada@acme.test'), await stack.signUp('eve@globex.test')]
const doors = await openDoors(stack)
afterAll(async () => {
  await doors.stop()
  await stack.stop()
})

const todosUrl = `${doors.url}/mcp`
const own = { identity: createIdentity(stack.jwtSecret) }
const openRoom = async () => ({ ...(await roomWithBrain(scene)), ...own })
type Room = Awaited<ReturnType<typeof openRoom>>

beforeEach(() => sql`delete from public.todos`)

const answerOf = (outcome: unknown) => (outcome as { response?: { answer: string } }).response?.answer

const settle = ({ task }: Held, outcome: string, detail: object = {}) =>
  sql`select status from worker.settle(${[task.id]}, ${[task.leaseId]}, ${[outcome]}, ${[JSON.stringify(detail)]}::jsonb[])`

const ofAda = { kind: 'todo-chat', user_id: ada.userId }

/** One turn of a conversation, from the insert to its end. */
async function say(room: Room, prompt: string, values: Row = {}): Promise<{ held: Held; outcome: Outcome }> {
  const held = await take(scene, room, { prompt }, { ...ofAda, ...values })
  const outcome = await perform(room, held, { todosUrl })
  if (outcome.kind === 'completed') await settle(held, 'completed', { response: outcome.response })
  if (outcome.kind === 'waiting') await settle(held, 'waiting')
  return { held, outcome }
}

const decide = (decision: string) =>
  ada.client.rpc('decide_agent_approval', { approval_id: openApproval, decision, reason: 'I still need it.' })
let openApproval = ''

const titles = async () => (await sql`select title from public.todos order by title`).map(row => row.title)

describe('the todo chat', () => {
  it('creates a todo of the task’s user, by the tool’s own name', async () => {
    const { held, outcome } = await say(await openRoom(), 'Create a task called Buy groceries')
    expect(answerOf(outcome)).toBe("Done! I've created the task 'Buy groceries' for you.")
    expect(await sql`select user_id, title from public.todos`).toEqual([
      { user_id: ada.userId, title: 'Buy groceries' },
    ])
    const [, step] = await stepsOf(scene, held.task)
    expect(step).toMatchObject({ kind: 'tool', name: 'todo_create', input: { title: 'Buy groceries' } })
    expect(JSON.parse(step?.output as string)).toMatchObject({ success: true, title: 'Buy groceries' })
  })

  it('remembers the conversation, from the database alone', async () => {
    const [session] = await sql`insert into public.agent_sessions (user_id) values (${ada.userId}) returning id`
    const values = { session_id: session?.id }
    await say(await openRoom(), 'Create a task called Buy groceries', values)
    expect(answerOf((await say(await openRoom(), 'Mark it as done', values)).outcome)).toBe(
      '**Buy groceries** is checked off.',
    )
    expect(await sql`select is_completed from public.todos`).toEqual([{ is_completed: true }])
  })

  it('sees the todos of its own user only, whatever it is asked', async () => {
    await sql`insert into public.todos (user_id, title) values (${eve.userId}, 'Secret plan')`
    const room = await openRoom()
    expect(answerOf((await say(room, 'Show all tasks')).outcome)).toBe('Your list is empty.')
    expect(answerOf((await say(room, 'Delete the secret plan')).outcome)).toBe('I find no such todo on your list.')
    expect(await titles()).toEqual(['Secret plan'])
  })

  it.each([
    ['approve', [], /is deleted/],
    ['reject', ['Milk'], /I still need it/],
  ])('deletes nothing before its user has decided: %s', async (decision, left, words) => {
    await sql`insert into public.todos (user_id, title) values (${ada.userId}, 'Milk')`
    const room = await openRoom()
    expect((await say(room, 'Delete milk')).outcome).toEqual({ kind: 'waiting' })
    expect(await titles()).toEqual(['Milk'])
    const [approval] = await sql`select id, tool_name, arguments from public.agent_approvals where status = 'open'`
    expect(approval).toMatchObject({ tool_name: 'todo_delete', arguments: { title: 'Milk' } })
    openApproval = String(approval?.id)
    const foreign = await eve.client.rpc('decide_agent_approval', { approval_id: openApproval, decision: 'approve' })
    expect(foreign.error?.code).toBe('42501')
    expect((await decide(decision)).error).toBeNull()

    const heir = { ...heirOf(scene, room), ...own }
    const outcome = await perform(heir, await claimNext(heir.db), { todosUrl })
    expect(answerOf(outcome)).toMatch(words)
    expect(await titles()).toEqual(left)
  })

  it('creates once although its worker died in the midst of the call', async () => {
    const room = await openRoom()
    const db = intercept(room.db, {
      before: (name, { p_steps }) => {
        const steps = (name === 'record_steps' ? p_steps : []) as { name: string; status: string }[]
        if (steps.some(step => step.name === 'todo_create' && step.status === 'done')) throw new Error('Dead.')
      },
    })
    const held = await take(scene, room, { prompt: 'Create a task called Buy groceries' }, ofAda)
    await expect(perform({ ...room, db }, held, { todosUrl })).rejects.toThrow()
    expect(await titles()).toEqual(['Buy groceries'])

    const heir = { ...heirOf(scene, room), ...own }
    const outcome = await perform(heir, await takeOver(scene, heir, held), { todosUrl })
    expect(answerOf(outcome)).toMatch(/created the task 'Buy groceries'/)
    expect(await titles()).toEqual(['Buy groceries'])
  })

  it('creates twice where it is told to', async () => {
    await say(await openRoom(), 'Add "Milk" and "Milk"')
    expect(await titles()).toEqual(['Milk', 'Milk'])
  })

  it('tells the model what is wrong with a call, and counts it as failed', async () => {
    const call = { calls: [{ name: 'todo_create', args: '{"title": " "}' }] }
    const room = { ...(await roomWithProvider(scene, [call, { text: 'It has no title.' }])), ...own }
    const held = await take(scene, room, { prompt: 'Add nothing' }, ofAda)
    expect(await perform(room, held, { todosUrl })).toMatchObject({ kind: 'completed' })
    expect((await stepsOf(scene, held.task))[1]?.output).toMatch(/^This call failed: .*title is empty/is)
    expect(room.told.of('toolCalled')[0]?.[1]).toMatchObject({ tool: 'todo_create', failed: true })
  })

  it.each([
    [
      'of an enterprise, whose admins would read it',
      'not_personal',
      async () => ({ enterprise_id: await enterprise() }),
    ],
    ['of nobody', 'user_required', async () => ({ user_id: null })],
  ])('refuses a task %s', async (_what, code, values) => {
    const room = await openRoom()
    const held = await take(scene, room, { prompt: 'Show my tasks' }, { ...ofAda, ...(await values()) })
    await expect(perform(room, held, { todosUrl })).rejects.toMatchObject({ code, retry: false })
  })

  it('is tried again when its server is away', async () => {
    const room = await openRoom()
    const held = await take(scene, room, { prompt: 'Show my tasks' }, ofAda)
    await expect(perform(room, held, { todosUrl: 'http://127.0.0.1:9/mcp' })).rejects.toMatchObject({
      code: 'mcp_unavailable',
      retry: true,
    })
  })

  it('says what to mend when the worker’s secret is not the project’s', async () => {
    const room = { ...(await openRoom()), identity: createIdentity('another-secret-of-32-characters-0000') }
    const held = await take(scene, room, { prompt: 'Show my tasks' }, ofAda)
    await expect(perform(room, held, { todosUrl })).rejects.toMatchObject({
      code: 'mcp_refused',
      message: expect.stringContaining('USER_TOKEN_SECRET'),
    })
  })
})

async function enterprise(): Promise<string> {
  const [row] = await sql<{ id: string }[]>`insert into public.enterprises (name) values ('Acme') returning id`
  await sql`insert into public.enterprise_members (enterprise_id, user_id) values (${String(row?.id)}, ${ada.userId})`
  return String(row?.id)
}
