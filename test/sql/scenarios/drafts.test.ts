import { beforeEach, describe, expect, test } from 'vitest'
import { contextSnapshot } from '../../../shared/scenarios.ts'
import { as, type Caller } from '../../support/roles.ts'
import { addMember, removeMember, setScene, user } from '../arrange.ts'
import { only } from '../only.ts'
import { type Row, setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql } = scene
const { people, owner, begun, take, output } = await setScenarios(scene)
const DENIED = { code: '42501' }
const OTHERS = ['colleague', 'admin', 'stranger', 'platformAdmin'] as const

beforeEach(async () => {
  await sql`delete from public.todos`
  await sql`delete from public.shop_orders`
})

const add = async (values: Row = {}, caller: Caller = owner): Promise<Row> =>
  only(
    (
      await as(
        sql,
        caller,
        tx => tx`insert into public.drafts ${tx({ title: 'Plan', content: '# One', ...values })} returning *`,
      )
    )[0],
  )

describe('a draft', () => {
  test('belongs to who adds it, and has its times from the database', async () => {
    const draft = await add({ enterprise_id: people.acme, session_id: await begun() })
    expect(draft).toMatchObject({ user_id: people.owner, status: 'draft', kind: 'note' })
    expect(draft.created_at).toEqual(draft.updated_at)
  })

  test.each(OTHERS)('is neither seen, changed nor deleted by the %s', async other => {
    await add({ enterprise_id: people.acme })
    for (const query of [
      'select id from public.drafts',
      `update public.drafts set title = 'Mine' returning id`,
      'delete from public.drafts returning id',
    ])
      expect(await as(sql, user(people[other]), tx => tx.unsafe(query)), query).toHaveLength(0)
  })

  test('is nothing to the anonymous', async () => {
    for (const query of [
      'select from public.drafts',
      'delete from public.drafts',
      `insert into public.drafts (title) values ('x')`,
    ])
      await expect(
        as(sql, { role: 'anon' }, tx => tx.unsafe(query)),
        query,
      ).rejects.toMatchObject(DENIED)
  })

  test('is added for an own enterprise and an own session only', async () => {
    const leaver = await addMember(sql, people.acme, `${crypto.randomUUID()}@acme.test`)
    await removeMember(sql, leaver)
    await expect(add({ enterprise_id: people.globex })).rejects.toMatchObject(DENIED)
    await expect(add({ enterprise_id: people.acme }, user(leaver))).rejects.toMatchObject(DENIED)
    await expect(add({ session_id: await begun() }, user(people.admin))).rejects.toMatchObject(DENIED)
  })

  test.each([
    ['title', ' ', 'title_has_1_to_200_characters'],
    ['title', 'x'.repeat(201), 'title_has_1_to_200_characters'],
    ['kind', 'poem', 'draft_kind_is_known'],
    ['status', 'lost', 'draft_status_is_known'],
    ['content', 'x'.repeat(20_001), 'content_has_at_most_20000_characters'],
  ])('with a bad %s is refused', async (column, value, constraint_name) => {
    await expect(add({ [column]: value })).rejects.toMatchObject({ code: '23514', constraint_name })
  })

  test('is one of at most 500', async () => {
    await sql`insert into public.drafts (user_id, title) select ${people.owner}, 'x' from generate_series(1, 500)`
    await expect(add()).rejects.toMatchObject({ code: 'PT429' })
    await add({}, user(people.admin))
  })

  test('tells of its deletion no more than its id, since everybody may hear that', async () => {
    const [row] = await sql`select relreplident from pg_class where oid = 'public.drafts'::regclass`
    expect(row).toEqual({ relreplident: 'd' })
  })
})

describe('the tools for drafts', () => {
  const text = { title: 'Plan', kind: 'outline', content: '# One', draft: null }

  test('store a new one for the task’s user, enterprise and session', async () => {
    const session_id = await begun()
    const stored = await output(await take({ session_id }), 'store_draft_content', text)
    expect(stored).toEqual({ draft: expect.any(String), title: 'Plan', status: 'draft' })
    expect(await sql`select * from public.drafts`).toMatchObject([
      {
        id: stored.draft,
        user_id: people.owner,
        enterprise_id: people.acme,
        session_id,
        kind: 'outline',
        content: '# One',
      },
    ])
  })

  test('replace one that is not final, and of the same user and enterprise', async () => {
    const [mine, final, ours, theirs] = [
      await add({ enterprise_id: people.acme }),
      await add({ enterprise_id: people.acme, status: 'final' }),
      await add(),
      await add({ enterprise_id: people.acme }, user(people.admin)),
    ]
    const held = await take()
    const store = (draft: unknown) =>
      output(held, 'store_draft_content', { ...text, content: 'New', draft: String(draft) })
    expect(await store(mine.id)).toMatchObject({ draft: mine.id })
    for (const other of [final.id, ours.id, theirs.id, 'x'])
      expect(await store(other)).toEqual({ error: expect.stringContaining('no such draft') })
    expect(await sql`select id from public.drafts where content = 'New'`).toEqual([{ id: mine.id }])
  })

  test.each([{ content: ' ' }, { content: 'x'.repeat(20_001) }, { title: '' }, { kind: 'poem' }])(
    'refuse %j',
    async more => {
      expect(await output(await take(), 'store_draft_content', { ...text, ...more })).toEqual({
        error: expect.any(String),
      })
    },
  )

  test('find those of the task’s enterprise alone, because its admins may read what is found', async () => {
    const ours = await add({ enterprise_id: people.acme, content: 'x'.repeat(2000) })
    const own = await add({ title: 'Private' })
    const [held, privately] = [await take(), await take({ enterprise_id: null })]
    expect(await output(held, 'list_drafts')).toMatchObject([
      { id: ours.id, characters: 2000, excerpt: 'x'.repeat(300) },
    ])
    expect(await output(privately, 'list_drafts')).toMatchObject([{ title: 'Private' }])
    expect(await output(held, 'read_draft', { draft: String(ours.id) })).toMatchObject({ content: 'x'.repeat(2000) })
    expect(await output(held, 'read_draft', { draft: String(own.id) })).toEqual({ error: 'There is no such draft.' })
  })
})

describe('context_snapshot', () => {
  const snap = async (caller: Caller, page: unknown) => {
    const [row] = await as(sql, caller, tx => tx`select public.context_snapshot(${tx.json(page as never)}) as context`)
    return contextSnapshot.parse(row?.context)
  }

  /** One record of each type: the owner's, in Acme or of no enterprise. */
  async function addRecords() {
    const [order] = await sql`insert into public.shop_orders (enterprise_id, number, customer, item, amount)
      values (${people.acme}, '1001', 'Marta', 'Lamp', 89) returning id`
    const [task] = await sql`insert into public.agent_task_requests (user_id, enterprise_id, request_payload)
      values (${people.owner}, ${people.acme}, '{"prompt": "Why?"}') returning id`
    const [todo] =
      await sql`insert into public.todos (user_id, title) values (${people.owner}, 'Buy milk') returning id`
    const draft = await add({ enterprise_id: people.acme })
    return [
      ...[
        { type: 'order', id: '1001' },
        { type: 'order', id: order?.id },
        { type: 'task', id: task?.id },
      ],
      ...[
        { type: 'draft', id: draft.id },
        { type: 'todo', id: todo?.id },
        { type: 'secret', id: 'x' },
        { type: 'task', id: 'x' },
      ],
    ]
  }

  test('tells of records, access and drafts in the page’s enterprise', async () => {
    const context = await snap(owner, { path: '/orders', enterpriseId: people.acme, records: await addRecords() })
    expect(context.records.map(({ ref, title }) => [ref, title])).toEqual([
      ['order-1', 'Order 1001'],
      ['order-2', 'Order 1001'],
      ['task-3', 'Why?'],
      ['draft-4', 'Plan'],
    ])
    expect(context.access).toEqual({ enterprise: 'Acme', role: 'member', isPlatformAdmin: false })
    expect(context.drafts).toMatchObject([{ ref: 'draft-1', title: 'Plan', excerpt: '# One' }])
  })

  test('tells of what is of no enterprise where the page names none', async () => {
    const context = await snap(owner, { records: await addRecords() })
    expect(context.records.map(({ title }) => title)).toEqual(['Buy milk'])
    expect(context.access).toEqual({ enterprise: null, role: null, isPlatformAdmin: false })
    expect(context.drafts).toEqual([])
  })

  test.each(['stranger', 'exAdmin'] as const)(
    'tells the %s nothing of another’s records and enterprise',
    async other => {
      const records = await addRecords()
      for (const page of [{ enterpriseId: people.acme, records }, { records }])
        expect(await snap(user(people[other]), page)).toEqual({
          ...{ records: [], drafts: [] },
          access: { enterprise: null, role: null, isPlatformAdmin: false },
        })
    },
  )

  test('tells admins of orders, but not of what is others’ own', async () => {
    const page = { enterpriseId: people.acme, records: await addRecords() }
    const { records } = await snap(user(people.admin), page)
    expect(records.map(({ type }) => type)).toEqual(['order', 'order'])
  })

  test('stays small, and finds by a word', async () => {
    for (let n = 0; n < 8; n++) await add({ title: `Plan ${n}`, content: 'x'.repeat(20_000) })
    const context = await snap(owner, {})
    expect(context.drafts).toHaveLength(5)
    expect(JSON.stringify(context).length).toBeLessThan(3000)
    expect((await snap(owner, { project: 'plan 3' })).drafts).toMatchObject([{ title: 'Plan 3' }])
    expect((await snap(owner, { project: '%' })).drafts).toEqual([])
  })

  test.each([
    [null],
    [[]],
    [{ enterpriseId: 'x' }],
    [{ records: 'all' }],
    [{ records: Array.from({ length: 21 }, () => ({ type: 'todo', id: 'x' })) }],
    [{ path: 'x'.repeat(9000) }],
  ])('refuses a page that is none', async page => {
    await expect(snap(owner, page)).rejects.toMatchObject({ code: '22023' })
  })

  test('is refused to the anonymous', async () => {
    await expect(snap({ role: 'anon' }, {})).rejects.toMatchObject(DENIED)
  })
})

describe('fetch_project_context', () => {
  test('tells of the page of the session, in the task’s enterprise whatever the page says', async () => {
    await add({ title: 'Private' })
    await add({ title: 'Ours', enterprise_id: people.acme })
    await sql`insert into public.todos (user_id, title) values (${people.owner}, 'Buy milk')`
    const session_id = await begun({ page: { path: '/projects/1', title: 'One', enterpriseId: people.globex } })
    const earlier = await take({ request_payload: { message: 'Before' } })
    const context = await output(await take({ session_id }), 'fetch_project_context', { project: null })
    expect(context).toMatchObject({
      ...{ page: { path: '/projects/1', title: 'One' }, access: { enterprise: 'Acme' }, records: [], todos: [] },
      ...{ drafts: [{ title: 'Ours' }], tasks: [{ asked: 'Before' }] },
    })
    expect(earlier.task).toBeTruthy()
  })

  test('tells of todos where there is no enterprise, and of what has the word', async () => {
    await sql`insert into public.todos (user_id, title) values (${people.owner}, 'Buy milk'), (${people.stranger}, 'Other milk'),
      (${people.owner}, 'Buy bread')`
    const held = await take({ enterprise_id: null })
    expect(await output(held, 'fetch_project_context', { project: 'Milk' })).toMatchObject({
      todos: [{ title: 'Buy milk' }],
    })
  })
})
