import { describe, expect, test } from 'vitest'
import { addPeople, edit, later, request, setScene, submitAndClaim } from '../arrange.ts'
import { ask, claimOne, reap, recordSteps, step } from '../verbs.ts'
import { approvalsOf } from './arrange.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }

describe('ask_approvals', () => {
  test('asks the user of the task, once, unless told otherwise', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    expect(await ask(worker, held, {})).toBe('continue')
    expect(await approvalsOf(sql, held.task)).toMatchObject([
      {
        life: 1,
        key: 'tool:/call_1',
        enterprise_id: people.acme,
        asker_id: people.owner,
        agent: 'assistant',
        tool_name: 'send_mail',
        arguments: { to: 'ada@acme.test' },
        status: 'open',
        decider: 'owner',
        quorum: 1,
        not_asker: false,
        may_edit: false,
        expires_at: null,
        decided_at: null,
      },
    ])
    expect(await request(sql, held.task)).toMatchObject({ status: 'processing', has_asked: true, version: '3' })
  })

  test('tells what the agent is called, by the scenario that the task has loaded in this life', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    const loaded = (title: string) =>
      step('tool:/own:load_scenario', {
        kind: 'tool',
        output: {
          definition: {
            agents: [
              { name: 'other', title: 'Other' },
              { name: 'assistant', title },
            ],
          },
        },
      })
    await recordSteps(worker, held, loaded('Returns'))
    await ask(worker, held, {})
    await edit(sql, held.task, { status: 'pending' })
    const young = await claimOne(worker)
    await ask(worker, young, {})
    const asked = await approvalsOf(sql, held.task)
    expect(asked.map(({ agent, agent_title }) => [agent, agent_title])).toEqual([
      ['assistant', 'Returns'],
      ['assistant', null],
    ])
  })

  test('takes who is to decide, how many, and until when', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    const asked = { decider: 'admin', quorum: 2, not_asker: true, may_edit: true }
    await ask(worker, held, { ...asked, expires_seconds: 60 })
    expect(await approvalsOf(sql, held.task)).toMatchObject([{ ...asked, expires_at: expect.any(Date) }])
  })

  test('asks nothing twice, not in a later attempt either', async () => {
    const old = await submitAndClaim(scene)
    await ask(worker, old, {}, { key: 'tool:/call_2' })
    await later(worker, '2 minutes')
    await reap(worker)
    const young = await claimOne(worker)
    await ask(worker, young, {}, { key: 'tool:/call_3' })
    expect((await approvalsOf(sql, old.task)).map(each => each.key)).toEqual([
      'tool:/call_1',
      'tool:/call_2',
      'tool:/call_3',
    ])
  })

  test('asks anew in a new life', async () => {
    const { task } = await submitAndClaim(scene)
    await edit(sql, task, { status: 'pending' })
    await ask(worker, await claimOne(worker), {})
    expect(await approvalsOf(sql, task)).toMatchObject([{ life: 2, status: 'open' }])
  })

  test('asks nobody for an attempt that has lost its lease', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { status: 'pending' })
    expect(await ask(worker, held, {})).toBe('lost')
    expect(await approvalsOf(sql, held.task)).toEqual([])
  })

  test('asks nobody for a task that is being cancelled', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { cancel_requested_at: new Date() })
    expect(await ask(worker, held, {})).toBe('cancel')
    expect(await approvalsOf(sql, held.task)).toEqual([])
  })

  test.each([
    [{ decider: 'everybody' }, 'decider_is_known'],
    [{ decider: 'member', quorum: 0 }, 'quorum_is_from_1_to_5'],
    [{ decider: 'member', quorum: 6 }, 'quorum_is_from_1_to_5'],
    [{ decider: 'owner', quorum: 2 }, 'somebody_may_decide'],
    [{ decider: 'owner', not_asker: true }, 'somebody_may_decide'],
  ])('refuses what could never be decided: %j', async (question, constraint_name) => {
    const held = await submitAndClaim(scene)
    await expect(ask(worker, held, question)).rejects.toMatchObject({ constraint_name })
  })
})
