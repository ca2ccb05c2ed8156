import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addMember, removeMember, setScene, user } from '../arrange.ts'
import { setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql } = scene
const { people, begun, take, output, addDraft: add } = await setScenarios(scene)
const DENIED = { code: '42501' }
const OTHERS = ['colleague', 'admin', 'stranger', 'platformAdmin'] as const

describe('a draft', () => {
  test('belongs to who adds it, and has its times from the database', async () => {
    const draft = await add({ enterprise_id: people.acme, session_id: await begun() })
    expect(draft).toMatchObject({ user_id: people.owner, status: 'draft', kind: 'note' })
    // Two readings of one clock.
    expect(Number(draft.updated_at) - Number(draft.created_at)).toBeLessThan(1000)
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
