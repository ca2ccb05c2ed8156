// What was said before is a task's input, the same in each attempt; what it adds is added once.

import { describe, expect, test } from 'vitest'
import { addPeople, edit, later, request, setScene, submitAndClaim, user, whileWaiting } from '../arrange.ts'
import { claimOne, reap, settle } from '../verbs.ts'
import { answered, begin, freeze, itemsOf, noteTurn, said, say } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const [one, two] = [await connect(), await connect()]
const people = await addPeople(sql)
const owner = user(people.owner)

async function running(session?: string) {
  const id = session ?? (await begin(sql, { user_id: people.owner }))
  await say(sql, owner, id)
  return { id, held: await claimOne(worker) }
}

/** A whole turn: a question and its answer. */
async function talk(session: string | undefined, question: string, answer: string) {
  const { id, held } = await running(session)
  const { items } = await freeze(worker, held, said(question))
  await noteTurn(worker, held, { items: [answered(answer)] })
  await settle(worker, { ...held, outcome: 'completed', detail: { response: { answer } } })
  return { id, items, task: held.task }
}

describe('freeze_history', () => {
  test('gives a first task its own items alone', async () => {
    const { held } = await running()
    expect(await freeze(worker, held, said('A?'))).toEqual({
      verdict: 'continue',
      items: [said('A?')],
      after: 0,
      until: 0,
    })
  })

  test('gives later ones what was said before, in order', async () => {
    const { id } = await talk(undefined, 'A?', 'A.')
    expect((await talk(id, 'B?', 'B.')).items).toEqual([said('A?'), answered('A.'), said('B?')])
    expect((await talk(id, 'C?', 'C.')).items).toEqual([
      said('A?'),
      answered('A.'),
      said('B?'),
      answered('B.'),
      said('C?'),
    ])
  })

  test('gives a task without a session its own items, frozen as well', async () => {
    const held = await submitAndClaim(scene)
    expect((await freeze(worker, held, said('A?'))).items).toEqual([said('A?')])
    expect((await freeze(worker, held, said('B?'))).items).toEqual([said('A?')])
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await sql`select from public.agent_session_items`).toHaveLength(0)
  })

  test('gives a later attempt the same, whatever it passes and whatever was added since', async () => {
    const { id } = await talk(undefined, 'A?', 'A.')
    const { held } = await running(id)
    const first = await freeze(worker, held, said('B?'))
    await later(worker, '2 minutes')
    await reap(worker)
    await sql`
      insert into public.agent_session_items (session_id, seq, kind, item, created_at)
      values (${id}, 3, 'item', ${sql.json(said('A voice from elsewhere.'))}, now())`
    expect(await freeze(worker, await claimOne(worker), said('C?'))).toEqual(first)
  })

  test('reads anew in a new life', async () => {
    const { id, held } = await running()
    await freeze(worker, held, said('A?'))
    await edit(sql, held.task, { status: 'pending' })
    const again = await claimOne(worker)
    expect((await freeze(worker, again, said('B?'))).items).toEqual([said('B?')])
    await settle(worker, { ...again, outcome: 'completed' })
    expect(await itemsOf(sql, id)).toEqual([said('B?')])
  })

  test('gives the latest summary instead of what it stands for', async () => {
    const { id } = await talk(undefined, 'A?', 'A.')
    const { held } = await running(id)
    await freeze(worker, held, said('B?'))
    await noteTurn(worker, held, { items: [answered('B.')], summary: { covers: 2, item: said('They spoke of A.') } })
    await settle(worker, { ...held, outcome: 'completed' })
    const next = await talk(id, 'C?', 'C.')
    expect(next.items).toEqual([said('They spoke of A.'), said('B?'), answered('B.'), said('C?')])
    const [step] =
      await sql`select output from public.agent_task_steps where task_id = ${next.task} and kind = 'history'`
    expect(step?.output).toEqual({ after: 2, until: 5, items: [said('C?')] })
  })

  test('is refused to an attempt that has lost its lease', async () => {
    const { held } = await running()
    await edit(sql, held.task, { status: 'pending' })
    expect(await freeze(worker, held, said('A?'))).toEqual({ verdict: 'lost', items: [] })
    expect(await sql`select from public.agent_task_steps`).toHaveLength(0)
  })

  test('tells of a cancel', async () => {
    const { held } = await running()
    await edit(sql, held.task, { cancel_requested_at: new Date() })
    expect(await freeze(worker, held, said('A?'))).toMatchObject({ verdict: 'cancel', items: [said('A?')] })
  })

  test.each([['text'], [null], [[]], [7]])('takes no item but objects: %j', async item => {
    const { held } = await running()
    await expect(freeze(worker, held, item)).rejects.toMatchObject({ code: '22023' })
  })
})

describe('what a task adds at its end', () => {
  test('is what was asked and what was answered, when it is completed', async () => {
    const { id, task } = await talk(undefined, 'A?', 'A.')
    expect(
      await sql`select seq, kind, task_id, item from public.agent_session_items where session_id = ${id} order by seq`,
    ).toEqual([
      { seq: '1', kind: 'item', task_id: task, item: said('A?') },
      { seq: '2', kind: 'item', task_id: task, item: answered('A.') },
    ])
  })

  test('is there with the end, not before and not after', async () => {
    const { id, held } = await running()
    await freeze(worker, held, said('A?'))
    await one`begin`
    await settle(one, { ...held, outcome: 'completed' })
    expect(await itemsOf(one, id)).toEqual([said('A?')])
    expect(await itemsOf(sql, id)).toEqual([])
    await one`rollback`
    expect(await itemsOf(sql, id)).toEqual([])
  })

  test('is added once', async () => {
    const { id, held } = await running()
    await freeze(worker, held, said('A?'))
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await settle(worker, { ...held, outcome: 'completed' })).toEqual(['lost'])
    await edit(sql, held.task, { status: 'failed' })
    expect(await itemsOf(sql, id)).toEqual([said('A?')])
  })

  const partial = {
    type: 'message',
    role: 'assistant',
    status: 'incomplete',
    content: [{ type: 'output_text', text: 'Beca' }],
  }

  test.each([
    ['cancelled', { response: { answer: 'Beca', partial: true } }, [said('A?'), partial]],
    ['cancelled', {}, [said('A?')]],
    ['cancelled', { response: { answer: '' } }, [said('A?')]],
    ['cancelled', { response: { answer: { text: 'Beca' } } }, [said('A?')]],
    ['failed', { error: { code: 'internal' }, response: ['Beca'] }, []],
    ['failed', { error: { code: 'internal' }, response: { answer: 'Beca' } }, [said('A?'), partial]],
    ['failed', { error: { code: 'internal' } }, []],
    ['completed', { response: { answer: 'Because.' } }, [said('A?')]],
  ])('when it has %s with %j', async (outcome, detail, items) => {
    const { id, held } = await running()
    await freeze(worker, held, said('A?'))
    await settle(worker, { ...held, outcome, detail })
    expect(await itemsOf(sql, id)).toEqual(items)
  })

  test.each(['completed', 'cancelled', 'failed'])(
    'is nothing when it never asked for the history: %s',
    async outcome => {
      const { id, held } = await running()
      await settle(worker, { ...held, outcome, detail: { response: { answer: 'Beca' } } })
      expect(await itemsOf(sql, id)).toEqual([])
    },
  )

  test('is what was asked, when it is cancelled while it waits', async () => {
    const { id, held } = await running()
    await freeze(worker, held, said('A?'))
    await settle(worker, { ...held, outcome: 'retry', detail: { after_seconds: 90 } })
    expect(await itemsOf(sql, id)).toEqual([])
    await sql`select public.cancel_agent_task(${held.task})`
    expect(await itemsOf(sql, id)).toEqual([said('A?')])
  })

  test.each([
    [null],
    ['text'],
    [{ items: 'text', summary: 7 }],
    [{ items: [7, null, 'x'], summary: { covers: 'all', item: {} } }],
    [{ summary: { covers: 99, item: {} } }],
    [{ summary: { covers: 1e30, item: {} } }],
    [{ summary: { covers: 1, item: 'text' } }],
  ])('leaves out what is malformed, and never keeps the task from its end: %j', async output => {
    const { id, held } = await running()
    await freeze(worker, held, said('A?'))
    await noteTurn(worker, held, output)
    expect(await settle(worker, { ...held, outcome: 'completed' })).toEqual(['completed'])
    expect(await itemsOf(sql, id)).toEqual([said('A?')])
  })

  test('moves the session up in time', async () => {
    const { id, held } = await running()
    const [before] = await sql`select updated_at from public.agent_sessions where id = ${id}`
    await settle(worker, { ...held, outcome: 'completed' })
    const [after] = await sql`select updated_at from public.agent_sessions where id = ${id}`
    expect(after?.updated_at.getTime()).toBeGreaterThan(before?.updated_at.getTime())
  })

  test('does not wait for somebody who holds the session', async () => {
    const { id, held } = await running()
    await freeze(worker, held, said('A?'))
    await one`begin`
    await one`select from public.agent_sessions where id = ${id} for update`
    await worker`set lock_timeout = '1s'`
    expect(await settle(worker, { ...held, outcome: 'completed' })).toEqual(['completed'])
    await worker`set lock_timeout = 0`
    await one`commit`
    expect(await itemsOf(sql, id)).toEqual([said('A?')])
  })
})

describe('a session that is deleted', () => {
  test('takes its items and tasks along, and its running task is lost', async () => {
    const { id } = await talk(undefined, 'A?', 'A.')
    const { held } = await running(id)
    await say(sql, owner, id)
    await sql`delete from public.agent_sessions where id = ${id}`
    expect(await sql`select from public.agent_session_items`).toHaveLength(0)
    expect(await sql`select from public.agent_task_requests`).toHaveLength(0)
    expect(await settle(worker, { ...held, outcome: 'completed' })).toEqual(['lost'])
  })

  test('leaves nothing of a task that ends at the same moment: the end is first', async () => {
    const { id, held } = await running()
    await freeze(worker, held, said('A?'))
    await one`begin`
    await settle(one, { ...held, outcome: 'completed' })
    await whileWaiting(sql, two`delete from public.agent_sessions where id = ${id}`, () => one`commit`)
    expect(await sql`select from public.agent_session_items`).toHaveLength(0)
  })

  test('leaves nothing of a task that ends at the same moment: the deletion has the session, the end the task', async () => {
    const { id, held } = await running()
    await freeze(worker, held, said('A?'))
    await one`begin`
    await one`select from public.agent_task_requests where id = ${held.task} for no key update`
    await whileWaiting(sql, two`delete from public.agent_sessions where id = ${id}`, async () => {
      await settle(one, { ...held, outcome: 'completed' })
      await one`commit`
    })
    expect(await sql`select from public.agent_session_items`).toHaveLength(0)
  })

  test('waits for what its running task is just writing', async () => {
    const { id, held } = await running()
    await one`begin`
    await one`select private.hold(${held.task}, ${held.lease})`
    const [, frozen] = await whileWaiting(sql, two`delete from public.agent_sessions where id = ${id}`, async () => {
      const { verdict } = await freeze(one, held, said('A?'))
      await one`commit`
      return verdict
    })
    expect(frozen).toBe('continue')
    expect(await freeze(worker, held, said('B?'))).toMatchObject({ verdict: 'lost' })
  })

  test('keeps a task out that is submitted at the same moment', async () => {
    const id = await begin(sql, { user_id: people.owner })
    await one`begin`
    await one`delete from public.agent_sessions where id = ${id}`
    const late = say(two, owner, id).catch(error => error)
    const [refused] = await whileWaiting(sql, late, () => one`commit`)
    expect(refused).toMatchObject({ code: '42501' })
  })

  test('is not touched by the pruning of its old tasks: what was said stays', async () => {
    const { id, task } = await talk(undefined, 'A?', 'A.')
    await sql`delete from public.agent_task_requests where id = ${task}`
    expect(await itemsOf(sql, id)).toHaveLength(2)
    expect((await talk(id, 'B?', 'B.')).items).toHaveLength(3)
    expect(await request(sql, (await say(sql, owner, id)).id)).toMatchObject({ status: 'pending' })
  })
})
