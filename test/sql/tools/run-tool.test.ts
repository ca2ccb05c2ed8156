import { beforeEach, describe, expect, test } from 'vitest'
import { addPeople, edit, later, setScene, submitAndClaim, whileWaiting } from '../arrange.ts'
import { claimOne, recordSteps, runTool, settle, step } from '../verbs.ts'
import { makeTool, makeTools } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const people = await addPeople(sql)
const two = await connect({ role: 'service_role' })
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }
await makeTools(sql)

beforeEach(() => sql`truncate public.notes`)

const addNote = { name: 'add_note', input: { text: 'Buy milk.' } }
const notes = async () => (await sql`select text from public.notes order by id`).map(note => note.text)
const steps = () => sql`select key, kind, agent, name, status, input, output from public.agent_task_steps order by id`

describe('worker.run_tool', () => {
  test('calls the tool and journals it', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    const result = { verdict: 'continue', output: { notes: 1 } }
    expect(await runTool(worker, held, addNote)).toEqual(result)
    expect(await notes()).toEqual(['Buy milk.'])
    expect(await steps()).toEqual([
      {
        key: 'tool:/call_1',
        kind: 'tool',
        agent: 'assistant',
        name: 'add_note',
        status: 'done',
        input: addNote.input,
        output: { notes: 1 },
      },
    ])
  })

  test('tells the tool the task that it is called for', async () => {
    await makeTool(sql, 'which_task', 'return to_jsonb(p_task)')
    const held = await submitAndClaim(scene, ofOwner)
    expect(await runTool(worker, held, { name: 'which_task' })).toMatchObject({ output: held.task })
  })

  test('gives null where the tool gives nothing', async () => {
    await makeTool(sql, 'nothing', 'return null')
    const held = await submitAndClaim(scene, ofOwner)
    expect(await runTool(worker, held, { name: 'nothing' })).toEqual({ verdict: 'continue', output: null })
    expect(await steps()).toMatchObject([{ status: 'done', output: null }])
  })

  test('dates the step by the clock of the queue', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await later(worker, '30 seconds')
    await runTool(worker, held, addNote)
    const [row] = await worker`
      select started_at = worker.now() as start, finished_at = worker.now() as "end" from public.agent_task_steps`
    expect(row).toEqual({ start: true, end: true })
  })

  test('happens once, however often it is called with the same key', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    const first = await runTool(worker, held, addNote)
    expect(await runTool(worker, held, addNote)).toEqual(first)
    expect(await runTool(worker, held, { name: 'add_note', input: { text: 'Something else.' } })).toEqual(first)
    expect(await notes()).toEqual(['Buy milk.'])
  })

  test('happens once in all attempts of a life', async () => {
    const first = await submitAndClaim(scene, ofOwner)
    const result = await runTool(worker, first, addNote)
    await settle(worker, { ...first, outcome: 'released' })
    expect(await runTool(worker, await claimOne(worker), addNote)).toEqual(result)
    expect(await notes()).toEqual(['Buy milk.'])
  })

  test('happens once when it is called again while the first call is at work', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await worker`begin`
    const first = await runTool(worker, held, addNote)
    const [second] = await whileWaiting(sql, runTool(two, held, addNote), () => worker`commit`)
    expect(second).toEqual(first)
    expect(await notes()).toEqual(['Buy milk.'])
  })

  test('happens in the second call when the first one that was at work is taken back', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await worker`begin`
    await runTool(worker, held, addNote)
    const [second] = await whileWaiting(sql, runTool(two, held, addNote), () => worker`rollback`)
    expect(second).toEqual({ verdict: 'continue', output: { notes: 1 } })
    expect(await notes()).toEqual(['Buy milk.'])
  })

  test('happens again under another key, and in a new life', async () => {
    const old = await submitAndClaim(scene, ofOwner)
    await runTool(worker, old, addNote)
    await runTool(worker, old, { ...addNote, key: 'tool:/call_2' })
    await edit(sql, old.task, { status: 'pending' })
    await runTool(worker, await claimOne(worker), addNote)
    expect(await notes()).toHaveLength(3)
  })

  test('ends a step that an earlier attempt has begun', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await recordSteps(worker, held, step('tool:/call_1', { kind: 'tool', status: 'started', output: null }))
    await runTool(worker, held, addNote)
    expect(await steps()).toMatchObject([{ status: 'done', output: { notes: 1 } }])
  })

  test('leaves neither the effect nor the step when the transaction is aborted', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await worker`begin`
    await runTool(worker, held, addNote)
    await worker`rollback`
    expect(await notes()).toEqual([])
    expect(await steps()).toEqual([])
  })

  test('calls nothing without the lease', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await edit(sql, held.task, { status: 'pending' })
    expect(await runTool(worker, held, addNote)).toEqual({ verdict: 'lost' })
    expect(await notes()).toEqual([])
    expect(await steps()).toEqual([])
  })

  test('calls nothing when a cancel was requested', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await edit(sql, held.task, { cancel_requested_at: new Date() })
    expect(await runTool(worker, held, addNote)).toEqual({ verdict: 'cancel' })
    expect(await notes()).toEqual([])
  })

  test('lets beats and a cancel through while the tool is at work', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await worker`begin`
    await runTool(worker, held, addNote)
    const at = new Date()
    await two`set lock_timeout = '1s'`
    await two`update worker.queue set expires_at = expires_at + interval '1 minute' where task_id = ${held.task}`
    await two`update public.agent_task_requests set cancel_requested_at = ${at} where id = ${held.task}`
    await two`reset lock_timeout`
    await worker`commit`
    expect(await notes()).toEqual(['Buy milk.'])
  })
})

describe('an error of the tool', () => {
  test.each([
    ['a plain exception', `raise exception 'There is no more milk.'`, 'There is no more milk.', 'rule'],
    ['bad input', `perform 'many'::integer`, 'invalid input syntax for type integer: "many"', 'input'],
    ['a division', `perform 1 / 0`, 'division by zero', 'input'],
    [
      'a broken rule',
      `insert into public.notes (text) values ('refused')`,
      expect.stringContaining('violates'),
      'input',
    ],
    ['an own code', `raise exception 'Slow down.' using errcode = 'PT429'`, 'Slow down.', 'limit'],
    ['a conflict', `raise exception 'Gone.' using errcode = 'PT409'`, 'Gone.', 'rule'],
    ['a missing right', `perform from worker.queue`, 'permission denied for schema worker', 'rights'],
  ])('is its result, says of what kind, and undoes what it wrote: %s', async (_what, body, error, refusal) => {
    await makeTool(sql, 'fails', body)
    const held = await submitAndClaim(scene, ofOwner)
    const result = await runTool(worker, held, { name: 'fails', input: { text: 'x' } })
    expect(result).toEqual({ verdict: 'continue', output: { error }, refusal })
    expect(await notes()).toEqual([])
    expect(await steps()).toMatchObject([{ status: 'done', output: { error } }])
  })

  test('may be a broken rule', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    const { output } = await runTool(worker, held, { name: 'add_note', input: { text: 'refused' } })
    expect(output).toEqual({ error: expect.stringContaining('violates check constraint') })
  })

  test('may be a rule that is looked at in the end', async () => {
    await makeTool(sql, 'seal', `insert into public.notes (text, seal) values ('a', 1), ('b', 1); return null`)
    const held = await submitAndClaim(scene, ofOwner)
    const { output } = await runTool(worker, held, { name: 'seal' })
    expect(output).toEqual({ error: expect.stringContaining('duplicate key value') })
    expect(await notes()).toEqual([])
  })

  test('is given again when the same call is repeated', async () => {
    await makeTool(sql, 'fails', `raise exception 'No.'`)
    const held = await submitAndClaim(scene, ofOwner)
    await runTool(worker, held, { name: 'fails' })
    await makeTool(sql, 'fails', `return '1'`)
    expect(await runTool(worker, held, { name: 'fails' })).toMatchObject({ output: { error: 'No.' } })
  })
})

describe('what is not the tool’s fault', () => {
  test.each([
    ['a deadlock', '40P01'],
    ['a serialization failure', '40001'],
    ['a lost connection', '08006'],
    ['a full disk', '53100'],
    ['a server that shuts down', '57P01'],
    ['a timeout', '57014'],
  ])('fails the call and leaves nothing: %s', async (_what, code) => {
    await makeTool(sql, 'fails', `raise exception 'Not now.' using errcode = '${code}'`)
    const held = await submitAndClaim(scene, ofOwner)
    await expect(runTool(worker, held, { name: 'fails', input: { text: 'x' } })).rejects.toMatchObject({ code })
    expect(await notes()).toEqual([])
    expect(await steps()).toEqual([])
  })

  test.each([
    ['an undefined function', 'perform public.nothing_here()', '42883'],
    ['an undefined table', 'perform from public.nothing_here', '42P01'],
  ])('fails the call, since only a programmer can mend it: %s', async (_what, body, code) => {
    await makeTool(sql, 'fails', body)
    const held = await submitAndClaim(scene, ofOwner)
    await expect(runTool(worker, held, { name: 'fails' })).rejects.toMatchObject({ code })
    expect(await steps()).toEqual([])
  })
})

describe('the name of a tool', () => {
  test.each([
    'no_such_tool',
    'ADD_NOTE',
    'add_note"(null, null); select "',
    'add_note(uuid,jsonb) --',
    "add_note'",
    'agent_tools.add_note',
    'private.call_tool',
    'public.add_note',
    'pg_catalog.pg_sleep',
    '',
    '"add_note"',
  ])('reaches nothing else: %s', async name => {
    const held = await submitAndClaim(scene, ofOwner)
    await expect(runTool(worker, held, { name, input: { text: 'x' } })).rejects.toMatchObject({
      code: expect.stringMatching(/22023|42601|42602/),
    })
    expect(await notes()).toEqual([])
    expect(await steps()).toEqual([])
  })

  test('reaches no function of other parameters', async () => {
    await sql.unsafe(`
      create function agent_tools.other(text, text) returns jsonb language sql as $$ select '"other"'::jsonb $$;
      create function agent_tools.other(uuid, jsonb, text default '') returns jsonb language sql as $$ select '"three"'::jsonb $$`)
    const held = await submitAndClaim(scene, ofOwner)
    await expect(runTool(worker, held, { name: 'other' })).rejects.toMatchObject({ code: '22023' })
  })

  test('may need quotes', async () => {
    await makeTool(sql, '"Überweisung ""sofort"""', `return '"done"'`)
    const held = await submitAndClaim(scene, ofOwner)
    expect(await runTool(worker, held, { name: 'Überweisung "sofort"' })).toMatchObject({ output: 'done' })
  })
})
