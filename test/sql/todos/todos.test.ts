import { beforeEach, describe, expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import { addPeople, setScene, user } from '../arrange.ts'
import { only } from '../only.ts'

const scene = await setScene()
const { sql } = scene
const people = await addPeople(sql)
const owner = user(people.owner)
const OTHERS = ['colleague', 'admin', 'stranger', 'platformAdmin'] as const
const DENIED = { code: '42501' }

beforeEach(() => sql`delete from public.todos`)

type Row = Record<string, unknown>

async function add(values: Row = {}, caller: Caller = owner): Promise<Row> {
  const row = { title: 'Buy groceries', ...values }
  return only((await as(sql, caller, tx => tx`insert into public.todos ${tx(row)} returning *`))[0])
}

async function change(id: unknown, values: Row, caller: Caller = owner): Promise<Row[]> {
  return as(sql, caller, tx => tx`update public.todos set ${tx(values)} where id = ${String(id)} returning *`)
}

/** So many of the owner's, made at once. */
const fill = (count: number, isCompleted = false) => sql`
  insert into public.todos (user_id, title, is_completed)
  select ${people.owner}, 'Todo ' || n, ${isCompleted} from generate_series(1, ${count}::integer) n`

describe('a todo', () => {
  test('belongs to who adds it, is open, and has its times from the database', async () => {
    const todo = await add({ description: 'Milk', due_on: '2026-12-01', priority: 'high' })
    expect(todo).toMatchObject({ user_id: people.owner, is_completed: false, completed_at: null, priority: 'high' })
    expect(todo.created_at).toEqual(todo.updated_at)
  })

  test.each(OTHERS)('is neither seen, changed nor deleted by the %s', async other => {
    const { id } = await add()
    const caller = user(people[other])
    expect(await as(sql, caller, tx => tx`select from public.todos`)).toHaveLength(0)
    expect(await change(id, { title: 'Mine' }, caller)).toHaveLength(0)
    expect(await as(sql, caller, tx => tx`delete from public.todos returning id`)).toHaveLength(0)
    expect(await sql`select title from public.todos`).toEqual([{ title: 'Buy groceries' }])
  })

  test('is nothing to the anonymous', async () => {
    await add()
    for (const statement of ['select from', 'delete from', 'insert into']) {
      const rest = statement === 'insert into' ? ` (title) values ('x')` : ''
      const asked = as(sql, { role: 'anon' }, tx => tx.unsafe(`${statement} public.todos${rest}`))
      await expect(asked, statement).rejects.toMatchObject(DENIED)
    }
  })

  test.each([
    { user_id: people.stranger },
    { completed_at: new Date() },
    { created_at: new Date() },
    { updated_at: new Date() },
  ])('cannot be added with %j', async values => {
    await expect(add(values)).rejects.toMatchObject(DENIED)
  })

  test.each([{ user_id: people.stranger }, { call_key: 'other' }, { created_at: new Date() }])(
    'cannot be given %j',
    async values => {
      const { id } = await add()
      await expect(change(id, values)).rejects.toMatchObject(DENIED)
    },
  )

  test.each([
    ['title', '', 'title_has_1_to_200_characters'],
    ['title', '  \n', 'title_has_1_to_200_characters'],
    ['title', 'x'.repeat(201), 'title_has_1_to_200_characters'],
    ['description', 'x'.repeat(2001), 'description_has_at_most_2000_characters'],
    ['priority', 'urgent', 'todo_priority_is_known'],
    ['call_key', 'x'.repeat(201), 'call_key_is_short'],
  ])('with a bad %s is refused', async (column, value, constraint_name) => {
    await expect(add({ [column]: value })).rejects.toMatchObject({ code: '23514', constraint_name })
  })

  test('that is completed says since when, also when it is completed again, until it is opened', async () => {
    const { id } = await add()
    const done = only((await change(id, { is_completed: true }))[0])
    expect(done.completed_at).toEqual(done.updated_at)
    const again = only((await change(id, { is_completed: true, title: 'Buy more' }))[0])
    expect(again.completed_at).toEqual(done.completed_at)
    expect((await change(id, { is_completed: false }))[0]).toMatchObject({ completed_at: null })
  })

  test('is made once by a call, and by another user’s call of the same key as well', async () => {
    await add({ call_key: 'call-1' })
    await expect(add({ call_key: 'call-1' })).rejects.toMatchObject({
      code: '23505',
      constraint_name: 'call_makes_one_todo',
    })
    await add({ call_key: 'call-1' }, user(people.stranger))
    await add()
    await add()
    expect(await sql`select from public.todos`).toHaveLength(4)
  })

  test('goes with its user', async () => {
    const [row] =
      await sql`insert into auth.users (id, email) values (gen_random_uuid(), 'gone@acme.test') returning id`
    const id = String(only(row).id)
    await add({}, user(id))
    await sql`delete from auth.users where id = ${id}`
    expect(await sql`select from public.todos`).toHaveLength(0)
  })
})

describe('the caps', () => {
  test('let a user have a thousand open todos, by one statement too, and complete ones beside them', async () => {
    await expect(fill(1001)).rejects.toMatchObject({ code: 'PT429', message: expect.stringContaining('1000 open') })
    await fill(1000)
    await expect(add()).rejects.toMatchObject({ code: 'PT429', hint: 'Complete or delete some.' })
    const { id } = await add({ is_completed: true })
    await expect(change(id, { is_completed: false })).rejects.toMatchObject({ code: 'PT429' })
    await add({}, user(people.stranger))
  })

  test('let a user have ten thousand in all', async () => {
    // Past the trigger, which would count each.
    await sql.begin(async tx => {
      await tx`set local session_replication_role = replica`
      await tx`insert into public.todos (user_id, title, is_completed, completed_at, created_at, updated_at)
        select ${people.owner}, 'Done', true, now(), now(), now() from generate_series(1, 10000)`
    })
    await expect(add()).rejects.toMatchObject({ code: 'PT429', message: expect.stringContaining('10000 todos') })
  })
})

describe('Realtime', () => {
  test('tells of a deleted todo no more than its id, since everybody may hear that', async () => {
    const [row] = await sql`select relreplident from pg_class where oid = 'public.todos'::regclass`
    expect(row).toEqual({ relreplident: 'd' })
  })
})
