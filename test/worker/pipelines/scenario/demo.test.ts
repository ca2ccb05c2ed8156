import { beforeEach, describe, expect, it } from 'vitest'
import { addEnterprise, addMember, user as caller } from '../../../sql/arrange.ts'
import { agentOf } from '../../../sql/scenarios/arrange.ts'
import { as } from '../../../support/roles.ts'
import { perform, roomWithBrain, stepsOf, takeOver } from '../../agents/arrange.ts'
import { only, setScene } from '../../arrange.ts'
import { beginSession, decisionsOf, saveScenario, say, settleTurn, takeTurn, teamOf } from './scenes.ts'

const scene = await setScene()
const { sql } = scene
let shop: { id: string; staff: string; admin: string }

beforeEach(async () => {
  const id = await addEnterprise(sql, 'Shop')
  shop = {
    id,
    staff: await addMember(sql, id, `staff@${id}.test`),
    admin: await addMember(sql, id, `admin@${id}.test`, 'admin'),
  }
})

const begin = (scenario: string, user = shop.staff) => beginSession(scene, { user, scenario, enterprise: shop.id })

describe('the shop', () => {
  beforeEach(async () => {
    await sql`insert into public.shop_orders (enterprise_id, number, customer, item, amount, status) values
      (${shop.id}, '1001', 'Marta', 'Walnut desk lamp', 89, 'delivered'),
      (${shop.id}, '1002', 'Jonas', 'Ceramic mug', 18.5, 'delivered'),
      (${await addEnterprise(sql, 'Other shop')}, '1003', 'Priya', 'Oak desk', 649, 'delivered')`
    await sql`insert into public.shop_policies (enterprise_id, title, body)
      values (${shop.id}, 'Damaged goods', 'Whoever gets broken goods gets the full amount back.')`
  })

  it('passes on from desk to desk, and refunds what is small at once', async () => {
    const room = await roomWithBrain(scene)
    const session = await begin('retail')
    expect(await say(scene, room, session, 'Hello')).toMatchObject({ agent: 'supervisor', handoffs: [] })
    const orders = await say(scene, room, session, 'Where is my order 1002?')
    expect(orders).toMatchObject({ agent: 'sales', answer: expect.stringContaining('Ceramic mug') })
    const refund = await say(scene, room, session, 'It came broken, refund 1002')
    expect(refund).toMatchObject({ agent: 'returns', handoffs: ['returns'], answer: expect.stringMatching(/18\.50/) })
    expect(await decisionsOf(scene, session)).toEqual(['supervisor → sales (handoff)', 'sales → returns (handoff)'])
  })

  it('waits for an admin before a larger refund, and notes the handover when the turn is over', async () => {
    const room = await roomWithBrain(scene)
    const session = await begin('retail')
    const held = await takeTurn(scene, room, session, 'The lamp 1001 is broken, refund it')
    expect(await perform(room, held)).toEqual({ kind: 'waiting' })
    await sql`select from worker.settle(${[held.task.id]}, ${[held.task.leaseId]}, '{waiting}', ${['{}']}::jsonb[])`
    expect(await decisionsOf(scene, session)).toEqual([])
    const [approval] = await sql`select id, agent, decider from public.agent_approvals where task_id = ${held.task.id}`
    expect(approval).toMatchObject({ agent: 'returns', decider: 'admin' })
    await as(sql, caller(shop.admin), tx => tx`select public.decide_agent_approval(${only(approval).id}, 'approve')`)
    const answer = await settleTurn(room, await takeOver(scene, room, held))
    expect(answer).toMatchObject({ agent: 'returns', answer: expect.stringMatching(/refunded \*\*89\.00/) })
    expect(await decisionsOf(scene, session)).toEqual(['supervisor → returns (handoff)'])
    expect(room.brain.repeats()).toBe(0)
  })

  it('does not find the order of another enterprise', async () => {
    const room = await roomWithBrain(scene)
    const session = await begin('retail')
    const { answer } = await say(scene, room, session, 'Refund 1003, the desk is broken')
    expect(answer).toMatch(/^Which order is it about\?/)
    expect(answer).not.toMatch(/1003|Oak/)
    expect(
      await sql`select from public.shop_refunds r join public.shop_orders o on o.id = r.order_id
      where o.number = '1003'`,
    ).toHaveLength(0)
  })

  it('lets staff practise with a customer, who looks nothing up', async () => {
    const room = await roomWithBrain(scene)
    const session = await begin('retail')
    expect(await say(scene, room, session, 'I want to practise')).toMatchObject({ agent: 'simulated_human' })
    expect(await say(scene, room, session, 'I am sorry. What happened to order 1001?')).toMatchObject({ handoffs: [] })
    const over = await say(scene, room, session, 'Practice is over')
    expect(over).toMatchObject({ agent: 'supervisor', handoffs: ['supervisor'] })
    expect(await sql`select from public.agent_task_steps where name = 'find_orders'`).toHaveLength(0)
  })

  it('gets a person who is asked for', async () => {
    const room = await roomWithBrain(scene)
    const session = await begin('retail')
    expect(await say(scene, room, session, 'I want to talk to a real person')).toMatchObject({ waitsForHuman: true })
    expect(await say(scene, room, session, 'Hello?')).toMatchObject({ answer: null, waitsForHuman: true })
  })
})

describe('the clinic', () => {
  beforeEach(async () => {
    await sql`delete from public.clinic_slots`
    await sql`insert into public.clinic_slots (kind, clinician, starts_at) values
      ('checkup', 'Dr. Voss', now() + interval '1 day'), ('checkup', 'Dr. Voss', now() + interval '2 days'),
      ('vaccination', 'Sofia', now() + interval '1 day')`
  })

  it('offers appointments, and books the one that is agreed to', async () => {
    const room = await roomWithBrain(scene)
    const session = await begin('clinic')
    const offer = await say(scene, room, session, 'I need a checkup')
    expect(offer).toMatchObject({ agent: 'scheduling', answer: expect.stringMatching(/1\. .*checkup.*\n2\. /) })
    expect(await say(scene, room, session, 'The second, please')).toMatchObject({
      answer: expect.stringMatching(/^Booked/),
    })
    expect(await sql`select user_id, reason from public.clinic_bookings`).toEqual([
      { user_id: shop.staff, reason: 'I need a checkup' },
    ])
  })

  it('tells that an appointment was taken meanwhile, and offers the next', async () => {
    const room = await roomWithBrain(scene)
    const [session, other] = [await begin('clinic'), await begin('clinic', shop.admin)]
    for (const each of [session, other]) await say(scene, room, each, 'I need a checkup')
    expect(await say(scene, room, other, 'The first')).toMatchObject({ answer: expect.stringMatching(/^Booked/) })
    const late = await say(scene, room, session, 'The first')
    expect(late.answer).toMatch(/Somebody else has booked this appointment\..*These are free:\n\n1\. .*checkup/s)
    expect(await sql`select user_id from public.clinic_bookings`).toEqual([{ user_id: shop.admin }])
  })

  it('gives back an own appointment, once its user consents', async () => {
    const room = await roomWithBrain(scene)
    const session = await begin('clinic')
    for (const wish of ['I need a checkup', 'The second']) await say(scene, room, session, wish)
    const held = await takeTurn(scene, room, session, 'Please cancel my appointment')
    expect(await perform(room, held)).toEqual({ kind: 'waiting' })
    await sql`select from worker.settle(${[held.task.id]}, ${[held.task.leaseId]}, '{waiting}', ${['{}']}::jsonb[])`
    const [approval] =
      await sql`select id, decider, arguments from public.agent_approvals where task_id = ${held.task.id}`
    expect(approval).toMatchObject({ decider: 'owner', arguments: { with: 'Dr. Voss' } })
    expect(await sql`select from public.clinic_bookings`).toHaveLength(1)
    await as(sql, caller(shop.staff), tx => tx`select public.decide_agent_approval(${only(approval).id}, 'approve')`)
    const { answer } = await settleTurn(room, await takeOver(scene, room, held))
    expect(answer).toMatch(/^Cancelled: .*checkup with Dr\. Voss/)
    expect(await sql`select from public.clinic_bookings`).toHaveLength(0)
    expect((await say(scene, room, session, 'Cancel my appointment')).answer).toBe('You have no appointment to come.')
  })

  it('calls for help in an emergency, and for a person about one’s own bill', async () => {
    const room = await roomWithBrain(scene)
    expect(await say(scene, room, await begin('clinic'), 'I have chest pain')).toMatchObject({
      answer: expect.stringContaining('112'),
      waitsForHuman: true,
    })
    expect(await say(scene, room, await begin('clinic'), 'My bill is wrong')).toMatchObject({
      agent: 'billing',
      waitsForHuman: true,
    })
  })
})

describe('the project writer', () => {
  it('plans, writes and edits, and keeps each as a draft of the user', async () => {
    const room = await roomWithBrain(scene)
    const session = await begin('project_writer')
    const planned = await say(scene, room, session, 'Plan an outline for the spring launch, and write the text')
    expect(planned).toMatchObject({ agent: 'writer', handoffs: ['writer'], answer: expect.stringMatching(/stored/) })
    const edited = await say(scene, room, session, 'Shorten the text on the spring launch')
    expect(edited).toMatchObject({ agent: 'editor' })
    const drafts = await sql`select user_id, enterprise_id, session_id, kind from public.drafts order by kind`
    const own = { user_id: shop.staff, enterprise_id: shop.id, session_id: session }
    expect(drafts).toEqual([
      { ...own, kind: 'outline' },
      { ...own, kind: 'section' },
    ])
  })

  it('neither lists nor changes drafts of others', async () => {
    const room = await roomWithBrain(scene)
    await say(scene, room, await begin('project_writer', shop.admin), 'Outline for the secret merger')
    const session = await begin('project_writer')
    expect((await say(scene, room, session, 'Improve the draft on the secret merger')).answer).toMatch(
      /no draft of yours/,
    )
  })

  it('is told of the user’s work without numbers of cards, though the journal has it whole', async () => {
    const room = await roomWithBrain(scene)
    await sql`insert into public.drafts (user_id, enterprise_id, title, kind, content)
      values (${shop.staff}, ${shop.id}, 'Card', 'note', 'Pay with 4111 1111 1111 1111')`
    const session = await begin('project_writer')
    const held = await takeTurn(scene, room, session, 'Outline for the summer party')
    await settleTurn(room, held)
    const [step] = (await stepsOf(scene, held.task)).filter(({ name }) => name === 'fetch_project_context')
    expect(JSON.stringify(step?.output)).toContain('4111')
    const items = await sql`select item from public.agent_session_items where session_id = ${session}`
    expect(JSON.stringify(items)).toContain('Pay with [card]')
    expect(JSON.stringify(items)).not.toContain('4111')
  })
})

describe('a scenario that an admin has thought up', () => {
  it('is played by the demo’s model, too', async () => {
    await saveScenario(
      scene,
      'garden',
      teamOf([agentOf('gardener', { handoffs: ['botanist'] }), agentOf('botanist', { tools: ['escalate_to_human'] })]),
    )
    const room = await roomWithBrain(scene)
    const session = await begin('garden')
    expect(await say(scene, room, session, 'Hello')).toMatchObject({
      answer: expect.stringMatching(/gardener of garden/),
    })
    expect(await say(scene, room, session, 'Get me the botanist')).toMatchObject({ handoffs: ['botanist'] })
    expect(await say(scene, room, session, 'I want a person')).toMatchObject({ waitsForHuman: true })
  })
})
