import { beforeEach, describe, expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import { approvalsOf } from '../approvals/arrange.ts'
import { addPeople, edit, removeMember, request, requestIn, setScene, submitAndClaim, user } from '../arrange.ts'
import { admitCall, usage } from '../governance/arrange.ts'
import { only } from '../only.ts'
import { begin, say } from '../sessions/arrange.ts'
import { appendDeltas, ask, claimOne, type Held, recordSteps, settle, step, textDelta } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const SERVER: Caller = { role: 'service_role' }
let people = await addPeople(sql)
beforeEach(async () => {
  await sql`delete from public.enterprises`
  await sql`delete from auth.users`
  people = await addPeople(sql)
})

const ofOwner = () => ({ user_id: people.owner, enterprise_id: people.acme })
const owner = () => user(people.owner)
const spent = { requests: 1, inputTokens: 10, outputTokens: 5, totalTokens: 15 }

interface Fork {
  id: string
  status: string
  [column: string]: unknown
}

async function fork(caller: Caller, task: string, stepId: string, output: string | null = null): Promise<Fork> {
  return as(sql, caller, async tx =>
    only((await tx<Fork[]>`select * from public.fork_agent_task(${task}, ${stepId}, ${output})`)[0]),
  )
}

const stepsOf = (task: string) =>
  sql`select key, kind, agent, name, status, attempt, life, input, output, usage, cost
    from public.agent_task_steps where task_id = ${task} order by id`
const keysOf = async (task: string) => (await stepsOf(task)).map(each => each.key)
const idOf = async (task: string, key: string, life = 1): Promise<string> =>
  only(
    (await sql`select id from public.agent_task_steps where task_id = ${task} and key = ${key} and life = ${life}`)[0],
  ).id

/** A task that has asked a model, called a tool, and asked again. */
async function origin(values: Record<string, unknown> = ofOwner()): Promise<Held> {
  const held = await submitAndClaim(scene, values)
  const tool = { kind: 'tool', name: 'clock', input: { zone: 'UTC' }, output: '12:00' }
  await recordSteps(worker, held, step('model::1', { usage: spent, cost: 0.5, input: { tools: ['clock'] } }))
  await recordSteps(worker, held, step('tool:/c1', tool))
  await recordSteps(worker, held, step('model::2', { usage: spent, cost: 0.5 }))
  return held
}

describe('fork_agent_task', () => {
  test('begins anew from a model call, with all that was done before it', async () => {
    const { task } = await origin()
    const forked = await fork(owner(), task, await idOf(task, 'model::2'))
    const before = (await stepsOf(task)).slice(0, 2)
    expect(await stepsOf(forked.id)).toEqual(before.map(each => ({ ...each, attempt: 0 })))
  })

  test('asks the same, in the same name, and is due at once', async () => {
    const payload = { prompt: 'What time is it?' }
    const { task } = await origin({ ...ofOwner(), request_payload: payload, kind: 'assistant' })
    const forked = await fork(owner(), task, await idOf(task, 'model::2'))
    expect(forked).toMatchObject({
      ...ofOwner(),
      kind: 'assistant',
      request_payload: payload,
      priority: 9,
      status: 'pending',
      life: 1,
      attempt: 0,
      version: '1',
    })
    expect(await request(sql, forked.id)).toEqual(forked)
  })

  test('leaves what it was made of as it was', async () => {
    const { task } = await origin()
    const before = [await request(sql, task), await stepsOf(task)]
    await fork(owner(), task, await idOf(task, 'tool:/c1'), '13:00')
    expect([await request(sql, task), await stepsOf(task)]).toEqual(before)
  })

  test('goes on after a tool call with another result of it', async () => {
    const { task } = await origin()
    const forked = await fork(owner(), task, await idOf(task, 'tool:/c1'), 'It is late.')
    expect(await keysOf(forked.id)).toEqual(['model::1', 'tool:/c1'])
    expect((await stepsOf(forked.id))[1]).toMatchObject({
      output: 'It is late.',
      input: { zone: 'UTC' },
      status: 'done',
    })
  })

  test('takes an empty result for a result', async () => {
    const { task } = await origin()
    const forked = await fork(owner(), task, await idOf(task, 'tool:/c1'), '')
    expect((await stepsOf(forked.id))[1]).toMatchObject({ output: '' })
  })

  test('gives a result to a tool call that never ended', async () => {
    const held = await submitAndClaim(scene, ofOwner())
    await recordSteps(worker, held, step('tool:/c1', { kind: 'tool', status: 'started', output: null }))
    const forked = await fork(owner(), held.task, await idOf(held.task, 'tool:/c1'), 'done by hand')
    expect(await stepsOf(forked.id)).toMatchObject([{ status: 'done', output: 'done by hand' }])
  })

  test('makes a tool call anew where no result is given', async () => {
    const { task } = await origin()
    expect(await keysOf((await fork(owner(), task, await idOf(task, 'tool:/c1'))).id)).toEqual(['model::1'])
  })

  test('begins with nothing from the first step', async () => {
    const { task } = await origin()
    expect(await keysOf((await fork(owner(), task, await idOf(task, 'model::1'))).id)).toEqual([])
  })

  test('takes over no call that had not ended', async () => {
    const held = await submitAndClaim(scene, ofOwner())
    await recordSteps(
      worker,
      held,
      step('tool:/c1', { kind: 'tool', status: 'started', output: null }),
      step('model::2'),
    )
    const forked = await fork(owner(), held.task, await idOf(held.task, 'model::2'))
    expect(await keysOf(forked.id)).toEqual([])
  })

  test('takes over only the life of the step', async () => {
    const { task, lease } = await origin()
    await settle(worker, { task, lease, outcome: 'failed' })
    await edit(sql, task, { status: 'pending' })
    await recordSteps(worker, await claimOne(worker), step('model::1', { output: 'new' }), step('model::2'))
    const old = await fork(owner(), task, await idOf(task, 'model::2', 1))
    const young = await fork(owner(), task, await idOf(task, 'model::2', 2))
    expect(await stepsOf(old.id)).toMatchObject([{ life: 1, output: { text: 'Hi.' } }, { key: 'tool:/c1' }])
    expect(await stepsOf(young.id)).toMatchObject([{ life: 1, output: 'new' }])
  })

  test('may be made of a fork', async () => {
    const { task } = await origin()
    const first = await fork(owner(), task, await idOf(task, 'model::2'))
    const second = await fork(owner(), first.id, await idOf(first.id, 'tool:/c1'), '14:00')
    expect(await stepsOf(second.id)).toMatchObject([
      { key: 'model::1', attempt: 0 },
      { output: '14:00', attempt: 0 },
    ])
  })

  test.each(['model::1', 'model::2'])('cannot replace the answer of %s', async key => {
    const { task } = await origin()
    await expect(fork(owner(), task, await idOf(task, key), 'I agree.')).rejects.toMatchObject({ code: '22023' })
  })

  test('takes no result larger than an answer may be', async () => {
    const { task } = await origin()
    const id = await idOf(task, 'tool:/c1')
    await expect(fork(owner(), task, id, 'x'.repeat(262_145))).rejects.toMatchObject({ code: '22023' })
    expect((await fork(owner(), task, id, 'x'.repeat(262_144))).status).toBe('pending')
  })
})

describe('who may fork', () => {
  test.each(['colleague', 'admin', 'stranger', 'platformAdmin'] as const)(
    'not the %s, who would act in the name of another',
    async actor => {
      const { task } = await origin()
      const forking = fork(user(people[actor]), task, await idOf(task, 'model::2'))
      await expect(forking).rejects.toMatchObject({ code: '42501' })
    },
  )

  test('not the anonymous, nor a token without a user', async () => {
    const [{ task }, nobodys] = [await origin(), await origin({})]
    for (const id of [task, nobodys.task]) {
      const stepId = await idOf(id, 'model::2')
      await expect(fork({ role: 'anon' }, id, stepId)).rejects.toMatchObject({ code: '42501' })
      await expect(fork({ role: 'authenticated' }, id, stepId)).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('not with the step of another’s task, which nobody hears of', async () => {
    const mine = await origin()
    const theirs = await origin({ user_id: people.stranger, enterprise_id: people.globex })
    const stepId = await idOf(theirs.task, 'model::2')
    const refused = { code: '42501', message: `There is no step ${stepId} of a task ${mine.task} of yours.` }
    await expect(fork(owner(), mine.task, stepId)).rejects.toMatchObject(refused)
    await expect(fork(owner(), mine.task, '999999999')).rejects.toMatchObject({ code: '42501' })
    await expect(fork(owner(), theirs.task, stepId)).rejects.toMatchObject({ code: '42501' })
  })

  test('not who has left the enterprise of the task', async () => {
    const { task } = await origin()
    await removeMember(sql, people.owner)
    const forking = fork(owner(), task, await idOf(task, 'model::2'))
    await expect(forking).rejects.toMatchObject({
      code: '42501',
      message: 'You no longer belong to the enterprise of this task.',
    })
  })

  test('who has left an enterprise, of what is private', async () => {
    const { task } = await origin({ user_id: people.owner })
    await removeMember(sql, people.owner)
    expect(await fork(owner(), task, await idOf(task, 'model::2'))).toMatchObject({ enterprise_id: null })
  })

  test('a server, in the name of whose task it was', async () => {
    const [one, nobodys] = [await origin(), await origin({})]
    expect(await fork(SERVER, one.task, await idOf(one.task, 'model::2'))).toMatchObject(ofOwner())
    expect(await fork(SERVER, nobodys.task, await idOf(nobodys.task, 'model::2'))).toMatchObject({ user_id: null })
  })
})

describe('a fork', () => {
  test('is claimed and replays what was copied', async () => {
    const { task, lease } = await origin()
    await settle(worker, { task, lease, outcome: 'completed' })
    const forked = await fork(owner(), task, await idOf(task, 'tool:/c1'), '13:00')
    const held = await claimOne(worker)
    expect(held.task).toBe(forked.id)
    const [row] = await worker`select worker.load_journal(${held.task}, ${held.lease}) as journal`
    expect(row?.journal).toMatchObject({
      verdict: 'continue',
      steps: [
        { key: 'model::1', status: 'done', input: { tools: ['clock'] } },
        { key: 'tool:/c1', status: 'done', output: '13:00' },
      ],
    })
  })

  test('has no stream of its own yet, so that its worker sends that of the copies', async () => {
    const held = await origin()
    await appendDeltas(worker, held, textDelta(1), textDelta(2))
    await settle(worker, { ...held, outcome: 'completed' })
    await fork(owner(), held.task, await idOf(held.task, 'model::2'))
    const forked = await claimOne(worker)
    const [row] = await worker`select worker.load_journal(${forked.task}, ${forked.lease}) as journal`
    expect(row?.journal).toMatchObject({ last_seq: 0, streamed: [] })
    await appendDeltas(worker, forked, textDelta(1, 'again'))
    expect(await sql`select from public.agent_task_deltas where task_id = ${forked.task}`).toHaveLength(1)
  })

  test('pays for none of its copies', async () => {
    const { task } = await origin()
    const before = await usage(sql)
    const forked = await fork(owner(), task, await idOf(task, 'tool:/c1'), '13:00')
    expect(await usage(sql)).toEqual(before)
    expect(await sql`select from public.agent_task_usage where task_id = ${forked.id}`).toHaveLength(0)
  })

  test('has called none of the tools that it has the results of', async () => {
    const { task } = await origin()
    const forked = await fork(owner(), task, await idOf(task, 'tool:/c1'), '13:00')
    expect(await sql`select from public.agent_tool_calls where task_id = ${forked.id}`).toHaveLength(0)
  })

  test('may spend no more than what it was made of, and begins at nothing', async () => {
    const held = await origin({ ...ofOwner(), token_budget: 20, cost_budget: 0.9 })
    expect(await admitCall(worker, held)).toMatchObject({ verdict: 'budget' })
    await settle(worker, { ...held, outcome: 'completed' })
    const forked = await fork(owner(), held.task, await idOf(held.task, 'model::2'))
    expect(forked).toMatchObject({ token_budget: '20', cost_budget: '0.9' })
    const young = await claimOne(worker)
    expect(await admitCall(worker, young)).toMatchObject({ verdict: 'continue' })
    await recordSteps(worker, young, step('model::2', { usage: { ...spent, inputTokens: 20 } }))
    expect(await admitCall(worker, young)).toMatchObject({ verdict: 'budget', reason: 'task_tokens' })
  })

  test('counts among the unfinished tasks of its user', async () => {
    const held = await origin()
    await sql`insert into public.agent_task_requests (user_id) select ${people.owner} from generate_series(1, 99)`
    const stepId = await idOf(held.task, 'model::2')
    await expect(fork(owner(), held.task, stepId)).rejects.toMatchObject({ code: 'PT429' })
    await settle(worker, { ...held, outcome: 'completed' })
    expect((await fork(owner(), held.task, stepId)).status).toBe('pending')
  })

  test('has been allowed nothing by those who allowed it to the other', async () => {
    const held = await origin()
    await ask(worker, held, { key: 'tool:/c9' })
    await recordSteps(worker, held, step('tool:/c9', { kind: 'tool' }), step('model::3'))
    const forked = await fork(owner(), held.task, await idOf(held.task, 'model::3'))
    expect(await approvalsOf(sql, forked.id)).toEqual([])
    expect(forked).toMatchObject({ has_asked: false })
    expect(await approvalsOf(sql, held.task)).toHaveLength(1)
  })

  test('of a task in a session stands alone', async () => {
    const session = await begin(sql, ofOwner())
    const task = await say(sql, owner(), session, { enterprise_id: people.acme })
    const held = await claimOne(worker)
    await worker`select worker.freeze_history(${held.task}, ${held.lease}, '{}')`
    await recordSteps(worker, held, step('model::1'), step('turn:', { kind: 'turn' }), step('model::2'))
    const forked = await fork(owner(), task.id, await idOf(task.id, 'model::2'))
    expect(forked).toMatchObject({ session_id: null, status: 'pending' })
    expect(await keysOf(forked.id)).toEqual(['model::1'])
  })

  test('of a child has no parent, and keeps none waiting', async () => {
    const parent = await requestIn('waiting', scene, ofOwner())
    const child = await claimOne(worker, { kinds: ['child'] })
    await recordSteps(worker, child, step('model::1'))
    const forked = await fork(owner(), child.task, await idOf(child.task, 'model::1'))
    expect(forked).toMatchObject({ parent_id: null, kind: 'child' })
    await settle(worker, { ...child, outcome: 'completed' })
    await claimOne(worker, { kinds: ['assistant'] })
    expect(await request(sql, parent)).toMatchObject({ status: 'processing' })
  })

  test('stays when what it was made of is deleted', async () => {
    const { task } = await origin()
    const forked = await fork(owner(), task, await idOf(task, 'model::2'))
    await sql`delete from public.agent_task_requests where id = ${task}`
    expect(await keysOf(forked.id)).toEqual(['model::1', 'tool:/c1'])
  })
})
