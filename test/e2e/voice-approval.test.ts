import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { callIs, type DockPlace, openDockPlace, shows, transcript, write } from './voice/dock-place.ts'

vi.setConfig({ testTimeout: 90_000, expect: { poll: { timeout: 20_000 } } })

let place: DockPlace

beforeAll(async () => {
  place = await openDockPlace()
  const { sql } = place.product.stack
  await sql`insert into shop_orders (enterprise_id, number, customer, item, amount, status) values
    (${place.acme}, '1003', 'Marta', 'Oak shelf', 150, 'delivered'), (${place.acme}, '1004', 'Marta', 'Clock', 70, 'delivered')`
}, 90_000)
afterAll(() => place?.stop())

/** Asks for a refund that an admin has to approve. */
async function askFor(order: string): Promise<Page> {
  const page = await place.start()
  await write(page, `A refund for #${order}, it is broken`)
  await shows(page, 'Refund an order: not done yet')
  await shows(page, /^A person has to approve the refund/)
  await page.getByText('Waits for an admin of Acme').waitFor()
  return page
}

/** The inbox of an admin of Acme. */
async function openInbox(): Promise<Page> {
  const boss = await place.asAdmin('')
  await boss.goto(`${place.product.page}?page=approvals`)
  await boss.getByRole('button', { name: 'Approve', exact: true }).waitFor()
  return boss
}

test('what is approved later comes into the call, and is read out', async () => {
  const page = await askFor('1001')
  const boss = await openInbox()
  await boss.getByRole('button', { name: 'Approve', exact: true }).click()
  await shows(page, /Refund an order: done/)
  await shows(page, /I refunded .*89.00 EUR.* for order/)
  expect(await transcript(page).getByText('not done yet').count()).toBe(0)
})

test('what is refused comes into the call, too, with the reason', async () => {
  const page = await askFor('1003')
  const boss = await openInbox()
  await boss.getByRole('textbox', { name: 'Your reason' }).fill('The shelf was returned last week.')
  await boss.getByRole('button', { name: 'Reject', exact: true }).click()
  await shows(page, 'Refund an order: failed')
  await shows(page, /^A person did not approve the refund .* The shelf was returned last week/)
})

test('what is approved while the line is down is told when it is made anew', async () => {
  const page = await askFor('1004')
  const boss = await openInbox()
  await page.context().setOffline(true)
  place.product.brain.hangUp()
  await callIs(page, 'Reconnecting')
  await boss.getByRole('button', { name: 'Approve', exact: true }).click()
  await expect
    .poll(() => place.product.stack.sql`select 1 from shop_refunds where amount = 70`.then(({ length }) => length))
    .toBe(1)
  await page.context().setOffline(false)
  await callIs(page, 'Live')
  await shows(page, /Refund an order: done/)
  await shows(page, /I refunded .*70.00/)
})
