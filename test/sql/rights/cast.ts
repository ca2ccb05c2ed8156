import type postgres from 'postgres'
import type { Caller } from '../../support/roles.ts'
import { addMember, addPeople, removeMember, user } from '../arrange.ts'
import { only } from '../only.ts'

/** Everybody who might ask. */
export type Actor =
  | 'owner'
  | 'colleague'
  | 'admin'
  | 'stranger'
  | 'exMember'
  | 'exAdmin'
  | 'platformAdmin'
  | 'anonymous'
export const ACTORS: Actor[] = [
  'owner',
  'colleague',
  'admin',
  'stranger',
  'exMember',
  'exAdmin',
  'platformAdmin',
  'anonymous',
]

/** A task by the name of who submitted it, and for which enterprise. */
export const TASKS = ['owner’s', 'owner’s private', 'colleague’s', 'exMember’s', 'stranger’s', 'nobody’s']

/** Which tasks each may see, and with them their steps, their deltas and their topics. */
export const SEES: Record<Exclude<Actor, 'anonymous'>, string[]> = {
  owner: ['owner’s', 'owner’s private'],
  colleague: ['colleague’s'],
  admin: ['colleague’s', 'exMember’s', 'owner’s'],
  stranger: ['stranger’s'],
  exMember: ['exMember’s'],
  exAdmin: [],
  platformAdmin: [...TASKS].sort(),
}

/** People, those who have left, and a task of each with a step and a delta. */
export async function castAndTasks(sql: postgres.Sql) {
  const people = await addPeople(sql)
  const exMember = await addMember(sql, people.acme, 'ex-member@acme.test')
  const exAdmin = await addMember(sql, people.acme, 'ex-admin@acme.test', 'admin')
  await removeMember(sql, exMember)
  await removeMember(sql, exAdmin)
  const { acme, globex, owner, colleague, stranger } = people
  const tasks = new Map([
    ['owner’s', await addTask(sql, owner, acme)],
    ['owner’s private', await addTask(sql, owner, null)],
    ['colleague’s', await addTask(sql, colleague, acme)],
    ['exMember’s', await addTask(sql, exMember, acme)],
    ['stranger’s', await addTask(sql, stranger, globex)],
    ['nobody’s', await addTask(sql, null, null)],
  ])
  const everybody = { ...people, exMember, exAdmin }
  return {
    people: everybody,
    tasks,
    task: (name: string) => only(tasks.get(name)),
    nameOf: (task: string) => only([...tasks].find(([, id]) => id === task))[0],
    caller: (actor: Actor): Caller => (actor === 'anonymous' ? { role: 'anon' } : user(everybody[actor])),
  }
}

async function addTask(sql: postgres.Sql, userId: string | null, enterprise: string | null): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into public.agent_task_requests (user_id, enterprise_id) values (${userId}, ${enterprise}) returning id`
  const { id } = only(row)
  await sql`
    insert into public.agent_task_steps (task_id, life, attempt, key, kind, agent, name, status, started_at, finished_at)
    values (${id}, 1, 1, 'model::1', 'model', 'assistant', 'gpt-5', 'done', now(), now())`
  await sql`
    insert into public.agent_task_deltas (task_id, life, seq, kind, step_key, data, created_at)
    values (${id}, 1, 1, 'text', 'model::1', '{"text": "Hi."}', now())`
  return id
}
