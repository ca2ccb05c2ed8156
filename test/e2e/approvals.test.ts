import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { submitAndHold } from '../shared/worker-by-hand.ts'
import { openPlace } from './place.ts'
import { QUICK } from './product.ts'

vi.setConfig({ testTimeout: 90_000 })

const { product, asAda, asNewcomer } = await openPlace({ pace: QUICK })
const [enterprise] = await product.stack.sql`insert into enterprises (name) values ('Acme') returning id`
const acme: string = enterprise?.id
await product.stack.sql`
  insert into enterprise_members (enterprise_id, user_id) values (${acme}, ${product.ada.userId})`

/** Opens the page as an admin of Acme, at the inbox. */
async function asBoss(): Promise<Page> {
  const email = `boss-${crypto.randomUUID()}@example.test`
  const { page } = await asNewcomer(email)
  await product.stack.sql`
    insert into enterprise_members (enterprise_id, user_id, role)
    select ${acme}, id, 'admin' from auth.users where email = ${email}`
  await page.goto(`${product.page}?page=approvals`)
  await page.getByRole('heading', { level: 1, name: 'Approvals' }).waitFor()
  return page
}

const question = {
  key: 'tool:/call_1',
  agent: 'Refunds',
  tool_name: 'refund_order',
  arguments: { order_id: 'A-1001', amount: 49.9, notify: true },
  decider: 'admin',
  not_asker: true,
}

/** A task of Ada's that is parked for consent. */
async function ask(prompt: string, more: object = {}): Promise<string> {
  const { stack, ada } = product
  const row = { user_id: ada.userId, enterprise_id: acme, request_payload: stack.sql.json({ prompt }) }
  const { id, held } = await submitAndHold(stack, row)
  await held.ask({ ...question, tool_name: `refund_${id.slice(0, 4)}`, ...more })
  await held.settle('waiting', {})
  return id
}

async function approvalOf(taskId: string) {
  const [row] = await product.stack.sql`select * from agent_approvals where task_id = ${taskId}`
  return row ?? expect.unreachable(`Task ${taskId} has asked nobody.`)
}

const cardOf = (page: Page, taskId: string) =>
  page.getByRole('region', { name: `Refunds asks: Refund ${taskId.slice(0, 4)}?` })
const approve = { name: 'Approve', exact: true }

test('a task that waits for consent goes on when somebody approves in another browser', async () => {
  const ada = await asAda()
  const boss = await asBoss()
  const id = await ask('How much is 6 * 7?')
  await ada.page.goto(`${product.page}?task=${id}`)
  await ada.status.filter({ hasText: 'Waiting for a decision' }).waitFor()
  await cardOf(ada.page, id).getByText('Waits for an admin of Acme, other than who asked.').waitFor()
  expect(await ada.page.getByRole('button', approve).count()).toBe(0)

  await boss.getByRole('link', { name: 'Approvals: 1 waits for you' }).waitFor()
  const card = cardOf(boss, id)
  await card.getByText('A-1001').waitFor()
  await card.getByRole('textbox', { name: 'Your reason' }).fill('It was broken.')
  await card.getByRole('button', approve).click()
  await boss.getByRole('status').filter({ hasText: 'Approved.' }).waitFor()
  await boss.getByRole('row').filter({ hasText: 'Approved by you' }).filter({ hasText: 'It was broken.' }).waitFor()
  await boss.getByText('Nothing waits for you.').waitFor()

  await ada.status.filter({ hasText: /^Completed/ }).waitFor()
  await ada.answer.getByText('42').waitFor()
  const steps = ada.page.getByRole('region', { name: 'Steps' })
  await steps.getByText('needs consent: Approved by boss-').waitFor()
  await steps.getByText('“It was broken.”').waitFor()
})

test('a task that was parked when its worker was killed goes on with another one', async () => {
  const boss = await asBoss()
  const id = await ask('How much is 5 * 5?')
  await cardOf(boss, id).waitFor()
  await product.replaceWorker()
  await cardOf(boss, id).getByRole('button', approve).click()
  await boss.getByRole('status').filter({ hasText: 'Approved.' }).waitFor()
  await boss.goto(`${product.page}?task=${id}`)
  await boss.getByRole('region', { name: 'Answer' }).getByText('25').waitFor()
})

test('an approval can be given by the keyboard alone, and the focus is not lost', async () => {
  const boss = await asBoss()
  const id = await ask('How much is 4 * 4?')
  await cardOf(boss, id).waitFor()
  const focused = () =>
    boss.evaluate(() => {
      const { activeElement: it } = document
      return it?.getAttribute('aria-label') ?? it?.textContent ?? ''
    })
  await boss.getByRole('heading', { level: 1 }).focus()
  for (let tab = 0; tab < 12 && (await focused()) !== 'Approve'; tab++) await boss.keyboard.press('Tab')
  expect(await focused()).toBe('Approve')
  await boss.keyboard.press('Enter')
  await boss.getByRole('status').filter({ hasText: 'Approved.' }).waitFor()
  expect(await focused()).toBe('Approvals')
  expect((await approvalOf(id)).status).toBe('approved')
})

test('arguments are changed before they are approved, and what cannot be read is not taken', async () => {
  const boss = await asBoss()
  const id = await ask('Refund it.', { may_edit: true })
  const card = cardOf(boss, id)
  await card.getByRole('button', { name: 'Change the arguments' }).click()
  await card.getByRole('textbox', { name: 'Amount' }).fill('a lot')
  await card.getByText('Write a number.').waitFor()
  const button = card.getByRole('button', { name: 'Approve with these changes' })
  expect(await button.isDisabled()).toBe(true)
  await card.getByRole('textbox', { name: 'Amount' }).fill('20')
  await card.getByRole('switch', { name: 'Notify' }).click()
  await button.click()
  await boss.getByRole('status').filter({ hasText: 'Approved.' }).waitFor()
  expect(await approvalOf(id)).toMatchObject({
    status: 'approved',
    edited_arguments: { order_id: 'A-1001', amount: 20, notify: false },
  })
})

test('a rejection says why, and what two people must approve tells how far it is', async () => {
  const [one, two] = [await asBoss(), await asBoss()]
  const id = await ask('Refund it.', { quorum: 2 })
  await cardOf(one, id).getByText('0 of 2 people have approved').waitFor()
  await cardOf(one, id).getByRole('button', approve).click()
  await cardOf(two, id).getByText('1 of 2 people have approved').waitFor()
  await cardOf(one, id).getByText('Approved by you').waitFor()
  await cardOf(two, id).getByRole('textbox', { name: 'Your reason' }).fill('Not twice.')
  await cardOf(two, id).getByRole('button', { name: 'Reject' }).click()
  await one.getByRole('row').filter({ hasText: 'Not twice.' }).filter({ hasText: 'Rejected by boss-' }).waitFor()
  expect(await approvalOf(id)).toMatchObject({ status: 'rejected', reason: 'Not twice.' })
})

/** Keeps a page from hearing how approvals fare, also by a reading that is under way. */
async function newsOf(page: Page) {
  let isHeard = true
  await page.route(/\/rest\/v1\/agent_approvals/, async route => {
    const response = await route.fetch()
    await (isHeard ? route.fulfill({ response }) : route.abort())
  })
  return {
    stop: () => {
      isHeard = false
    },
    goOn: () => {
      isHeard = true
      product.stack.realtime.cutSockets()
    },
  }
}

test('who decides too late is told so, and what it has become', async () => {
  const boss = await asBoss()
  const news = await newsOf(boss)
  const late = await ask('Refund it.')
  await cardOf(boss, late).waitFor()
  news.stop()
  await product.stack.sql`update agent_approvals set status = 'rejected', decided_at = now() where task_id = ${late}`
  await cardOf(boss, late).getByRole('button', approve).click()
  const alert = cardOf(boss, late).getByRole('alert')
  await alert.filter({ hasText: 'Too late' }).filter({ hasText: 'This has been rejected already.' }).waitFor()
  news.goOn()
  await cardOf(boss, late).waitFor({ state: 'detached' })
})

test('on a phone nothing is wider than the screen', async () => {
  const boss = await asBoss()
  const id = await ask('Refund it.', {
    may_edit: true,
    arguments: { note: 'x'.repeat(300), more: { deep: 'y'.repeat(200) } },
  })
  await boss.setViewportSize({ width: 390, height: 800 })
  await cardOf(boss, id).getByRole('button', { name: 'Change the arguments' }).click()
  const width = () => boss.evaluate(() => document.documentElement.scrollWidth)
  expect(await width()).toBe(390)
  await boss.goto(`${product.page}?task=${id}`)
  await boss.getByRole('region', { name: 'Steps' }).waitFor()
  expect(await width()).toBe(390)
})

test('who is no admin any more decides nothing, and is told so', async () => {
  const boss = await asBoss()
  const news = await newsOf(boss)
  const id = await ask('Refund it.')
  await cardOf(boss, id).waitFor()
  news.stop()
  await product.stack.sql`delete from enterprise_members where enterprise_id = ${acme} and role = 'admin'`
  await cardOf(boss, id).getByRole('button', approve).click()
  await cardOf(boss, id).getByRole('alert').filter({ hasText: 'This is not yours to decide' }).waitFor()
  expect((await approvalOf(id)).status).toBe('open')
})
