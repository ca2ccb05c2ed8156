import { expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import { addPeople, setScene, user } from '../arrange.ts'
import { spend } from '../governance/arrange.ts'
import { only } from '../only.ts'
import { begin, say } from '../sessions/arrange.ts'
import { claimOne, recordSteps, settle, step } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const owner = user(people.owner)

const turns = (caller: Caller, session: string) =>
  as(sql, caller, tx => tx`select * from public.agent_session_turns where session_id = ${session} order by created_at`)

/** A turn in which a tool was called that gives this. */
async function turnWith(output: string) {
  const session = await begin(sql, { user_id: people.owner })
  const { id } = await say(sql, owner, session, { request_payload: { prompt: 'Add milk' } })
  const held = await claimOne(worker)
  const call = { kind: 'tool', name: 'todo_create', input: { title: 'Milk' } }
  await recordSteps(
    worker,
    held,
    step('tool:/c1', { ...call, output }),
    step('tool:/c2', { ...call, status: 'started' }),
  )
  await spend(sql, id, { input: 10, output: 5, cost: 0.25 })
  await settle(worker, { ...held, outcome: 'completed', detail: { response: { answer: 'Done.' } } })
  return session
}

test('a turn tells message, answer, finished calls with their results as JSON, and what it took', async () => {
  const session = await turnWith('{"success": true, "task_id": "t1"}')
  const turn = only((await turns(owner, session))[0])
  expect(turn).toMatchObject({ message: 'Add milk', answer: 'Done.', status: 'completed', input_tokens: '10' })
  expect(turn).toMatchObject({ output_tokens: '5', cost: '0.25000000', unpriced_requests: '0' })
  expect(turn.tool_calls).toEqual([
    { tool_name: 'todo_create', input: { title: 'Milk' }, result: { success: true, task_id: 't1' } },
  ])
})

test.each(['It failed.', '{"cut', '12', ''])(
  'a result that is no JSON object stays the text that it is: %j',
  async text => {
    const turn = only((await turns(owner, await turnWith(text)))[0])
    expect(turn.tool_calls).toMatchObject([{ result: text }])
  },
)

test('a turn is seen by its user, and by who sees the task', async () => {
  const session = await turnWith('x')
  for (const person of ['owner', 'colleague', 'admin', 'stranger', 'platformAdmin'] as const) {
    const seen = await turns(user(people[person]), session)
    expect(seen, person).toHaveLength(['owner', 'platformAdmin'].includes(person) ? 1 : 0)
  }
  await expect(turns({ role: 'anon' }, session)).rejects.toMatchObject({ code: '42501' })
})
