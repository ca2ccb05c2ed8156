import { beforeEach, describe, expect, test } from 'vitest'
import { contextSnapshot } from '../../../shared/scenarios.ts'
import { as, type Caller } from '../../support/roles.ts'
import { setScene, user } from '../arrange.ts'
import { setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql } = scene
const { people, owner, begun, take, output, addDraft: add } = await setScenarios(scene)
const DENIED = { code: '42501' }

beforeEach(async () => {
  await sql`delete from public.todos`
  await sql`delete from public.shop_orders`
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
    expect(context.drafts).toMatchObject([{ ref: 'latest-draft-1', title: 'Plan', excerpt: '# One' }])
  })

  test('names no two things alike, whatever drafts are on the page', async () => {
    const ids: string[] = []
    for (let n = 0; n < 6; n++) ids.push((await add({ title: `Plan ${n}` })).id as string)
    const context = await snap(owner, { records: ids.map(id => ({ type: 'draft', id })) })
    const named = [...context.records, ...context.drafts]
    expect(named).toHaveLength(11)
    expect(new Set(named.map(({ ref }) => ref)).size).toBe(11)
    for (const { ref, id, title } of named) expect([ref, title]).toEqual([ref, `Plan ${ids.indexOf(id)}`])
    const held = await take({
      enterprise_id: null,
      request_payload: { page: { records: [{ type: 'draft', id: ids[0] }] } },
    })
    const told = (await output(held, 'fetch_project_context', { project: null })) as never
    expect(contextSnapshot.parse(told).records.map(({ ref, id }) => [ref, id])).toEqual([['draft-1', ids[0]]])
    expect(contextSnapshot.parse(told).drafts.map(({ ref }) => ref)).not.toContain('draft-1')
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
    await take({ request_payload: { message: 'Before' } })
    const context = await output(await take({ session_id }), 'fetch_project_context', { project: null })
    expect(context).toMatchObject({
      ...{ page: { path: '/projects/1', title: 'One' }, access: { enterprise: 'Acme' }, records: [], todos: [] },
      ...{ drafts: [{ title: 'Ours' }], tasks: [{ asked: 'Before' }] },
    })
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
