import { beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../../worker/task.ts'
import { addEnterprise, addMember, user } from '../../sql/arrange.ts'
import { as } from '../../support/roles.ts'
import { deltasOf, heirOf, perform, roomWithBrain, stepsOf, take, takeOver, textOf } from '../agents/arrange.ts'
import { type Row, setScene } from '../arrange.ts'

const scene = await setScene()
const { sql } = scene
let shop: { id: string; staff: string; admin: string }

beforeEach(async () => {
  const id = await addEnterprise(sql, 'Shop')
  const staff = await addMember(sql, id, `staff@${id}.test`)
  const admin = await addMember(sql, id, `admin@${id}.test`, 'admin')
  shop = { id, staff, admin }
  await sql`insert into public.shop_orders (enterprise_id, number, customer, item, amount, status) values
    (${id}, '1001', 'Marta', 'Walnut desk lamp', 89, 'delivered'),
    (${id}, '1002', 'Jonas', 'Ceramic mug', 18.5, 'delivered'),
    (${await addEnterprise(sql, 'Other shop')}, '1003', 'Priya', 'Oak desk', 649, 'delivered')`
  await sql`insert into public.shop_policies (enterprise_id, title, body)
    values (${id}, 'Damaged goods', 'Whoever gets broken goods gets the full amount back. No return is needed.')`
})

/** A question of the shop's staff, claimed. */
async function ask(prompt: string, values: Row = {}) {
  const room = await roomWithBrain(scene)
  const held = await take(
    scene,
    room,
    { prompt },
    { kind: 'order-desk', enterprise_id: shop.id, user_id: shop.staff, ...values },
  )
  return { room, held }
}

const refunds = () => sql`select o.number, r.amount::float from public.shop_refunds r
  join public.shop_orders o on o.id = r.order_id where o.enterprise_id = ${shop.id} order by o.number`

const answerOf = (outcome: Outcome) => (outcome as unknown as { response: { answer: string } }).response.answer

const park = (task: string, lease: string) =>
  sql`select status from worker.settle(${[task]}, ${[lease]}, '{waiting}', ${['{}']}::jsonb[])`

describe('the order desk', () => {
  it('lists the orders of the task’s own enterprise', async () => {
    const { room, held } = await ask('Which orders are there?')
    const outcome = await perform(room, held)
    expect(answerOf(outcome)).toContain('#1001')
    expect(answerOf(outcome)).not.toContain('#1003')
  })

  it('refunds a small order at once, after asking for the policy', async () => {
    const { room, held } = await ask('The mug arrived broken, please refund #1002')
    expect(await perform(room, held)).toMatchObject({
      kind: 'completed',
      response: { answer: expect.stringMatching(/18\.50/) },
    })
    expect(await refunds()).toEqual([{ number: '1002', amount: 18.5 }])
    const steps = await stepsOf(scene, held.task)
    expect(
      steps.map(step => `${step.kind} ${step.agent} ${step.kind === 'model' ? '' : step.name}`.trim()).sort(),
    ).toEqual(
      [
        'model Front Desk',
        'tool Front Desk find_orders',
        'tool Front Desk ask_policy',
        'model Policy',
        'tool Policy search_policy',
        'model Policy',
        'model Front Desk',
        'handoff Front Desk Refunds',
        'model Refunds',
        'tool Refunds refund_order',
        'model Refunds',
      ].sort(),
    )
  })

  it('waits for an admin before a larger refund, whose changed amount is what is paid', async () => {
    const { room, held } = await ask('The lamp is broken, refund #1001')
    expect(await perform(room, held)).toEqual({ kind: 'waiting' })
    expect(await refunds()).toEqual([])
    expect(await park(held.task.id, held.task.leaseId)).toMatchObject([{ status: 'waiting' }])

    const [approval] = await sql`select * from public.agent_approvals where task_id = ${held.task.id}`
    expect(approval).toMatchObject({ tool_name: 'refund_order', agent: 'Refunds', status: 'open', decider: 'admin' })
    const edited = { ...(approval?.arguments as object), amount: 60 }
    await expect(
      as(sql, user(shop.staff), tx => tx`select public.decide_agent_approval(${approval?.id}, 'approve')`),
    ).rejects.toThrow(/may decide/)
    await as(
      sql,
      user(shop.admin),
      tx => tx`select public.decide_agent_approval(${approval?.id}, 'approve', 'A part', ${edited as never})`,
    )

    const heir = heirOf(scene, room)
    const calls = room.brain.calls()
    const outcome = await perform(heir, await takeOver(scene, heir, held))
    expect(outcome).toMatchObject({ kind: 'completed', response: { answer: expect.stringMatching(/60/) } })
    expect(await refunds()).toEqual([{ number: '1001', amount: 60 }])
    expect(room.brain.calls() - calls).toBe(1)
    expect(room.brain.repeats()).toBe(0)
    expect(textOf(await deltasOf(scene, held.task))).toBe(answerOf(outcome))
  })

  it('tells why a refund was rejected, and refunds nothing', async () => {
    const { room, held } = await ask('The lamp is broken, refund #1001')
    await perform(room, held)
    await park(held.task.id, held.task.leaseId)
    const [approval] = await sql`select id from public.agent_approvals where task_id = ${held.task.id}`
    await as(
      sql,
      user(shop.admin),
      tx => tx`select public.decide_agent_approval(${approval?.id}, 'reject', 'Too late')`,
    )
    const outcome = await perform(room, await takeOver(scene, room, held))
    expect(outcome).toMatchObject({ kind: 'completed', response: { answer: expect.stringMatching(/Too late/) } })
    expect(await refunds()).toEqual([])
  })

  it('does not find the order of another enterprise, whoever asks for it', async () => {
    const { room, held } = await ask('Broken! Refund #1003')
    await perform(room, held)
    expect(
      await sql`select from public.shop_refunds r join public.shop_orders o on o.id = r.order_id
      where o.number = '1003'`,
    ).toHaveLength(0)
  })

  it('refunds no more than was paid, however often it is asked', async () => {
    for (const wish of ['The mug is broken, refund #1002', 'The mug is broken, refund #1002 again']) {
      const { room, held } = await ask(wish)
      await perform(room, held)
    }
    expect(await refunds()).toEqual([{ number: '1002', amount: 18.5 }])
  })
})
