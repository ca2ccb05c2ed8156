import { expect, test, vi } from 'vitest'
import { openPlace } from './place.ts'
import { QUICK } from './product.ts'

vi.setConfig({ testTimeout: 90_000 })

const { product, asAda, asNewcomer } = await openPlace({ pace: QUICK })

test('agents look up, ask each other, hand over, wait for two decisions, and do what was decided, once', async () => {
  const { sql } = product.stack
  const [shop] = await sql`insert into enterprises (name) values ('Acme') returning id`
  await sql`insert into enterprise_members (enterprise_id, user_id) values (${shop?.id}, ${product.ada.userId})`
  await sql`insert into shop_orders (enterprise_id, number, customer, item, amount, status) values
    (${shop?.id}, '1001', 'Marta', 'Walnut desk lamp', 89, 'delivered'),
    (${shop?.id}, '1003', 'Priya', 'Oak desk', 649, 'delivered')`
  await sql`insert into shop_policies (enterprise_id, title, body)
    values (${shop?.id}, 'Damaged goods', 'Whoever gets broken goods gets the full amount back.')`

  const ada = await asAda()
  await ada.page.getByText('Order desk', { exact: true }).click()
  const id = await ada.ask('Orders #1001 and #1003 came broken, refund both.')
  await ada.status.filter({ hasText: 'Waiting for a decision' }).waitFor()
  const steps = ada.page.getByRole('region', { name: 'Steps' })
  await steps.getByText('Front Desk handed over to Refunds').waitFor()
  await steps.getByText('search_policy').waitFor()

  // The worker that asked is gone by the time that somebody decides.
  await product.replaceWorker()
  const boss = await asNewcomer('boss@example.test')
  await sql`insert into enterprise_members (enterprise_id, user_id, role)
    select ${shop?.id}, id, 'admin' from auth.users where email = 'boss@example.test'`
  await boss.page.goto(`${product.page}?page=approvals`)
  const cards = boss.page.getByRole('region', { name: 'Refunds asks: Refund an order?' })
  const [lamp, desk] = [cards.filter({ hasText: '89' }), cards.filter({ hasText: '649' })]
  await desk.getByRole('textbox', { name: 'Your reason' }).fill('We replace it.')
  await desk.getByRole('button', { name: 'Reject' }).click()
  await desk.waitFor({ state: 'detached' })
  await lamp.getByRole('button', { name: 'Change the arguments' }).click()
  // Without its arguments in the text the card is the only one by now.
  await cards.getByRole('textbox', { name: 'Amount' }).fill('40')
  await cards.getByRole('button', { name: 'Approve with these changes' }).click()

  await ada.status.filter({ hasText: /^Completed/ }).waitFor()
  await ada.answer.getByText('We replace it.').waitFor()
  await ada.answer.getByText('40.00 EUR').waitFor()
  expect(await sql`select amount::float, reason from shop_refunds`).toMatchObject([{ amount: 40 }])
  const calls =
    await sql`select tool_name, agent, status, user_id from agent_tool_calls where task_id = ${id} order by id`
  expect(calls.map(call => call.tool_name).sort()).toEqual([
    'ask_policy',
    'find_orders',
    'refund_order',
    'refund_order',
    'search_policy',
  ])
  expect(new Set(calls.map(call => call.user_id))).toEqual(new Set([product.ada.userId]))
})
