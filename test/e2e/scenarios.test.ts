import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { openPlace } from './place.ts'

vi.setConfig({ testTimeout: 120_000 })
// The registry is read again every few seconds.
const patience = { timeout: 20_000 }

const { product, asAda, asNewcomer } = await openPlace()
const { sql } = product.stack
const [enterprise] = await sql`insert into enterprises (name) values ('Acme') returning id`
const acme: string = enterprise?.id
await sql`insert into enterprise_members (enterprise_id, user_id) values (${acme}, ${product.ada.userId})`

/** Opens the page as Ada, who is a member of Acme, and chooses a scenario. */
async function choose(title: string): Promise<Page> {
  const { page } = await asAda()
  await page.getByRole('link', { name: 'Scenarios', exact: true }).click()
  await page.getByRole('list', { name: 'Scenarios' }).getByRole('link', { name: title }).click()
  await page.getByRole('list', { name: 'Agents' }).waitFor()
  return page
}

/** Opens a part of the admin area as an admin of Acme. */
async function asBoss(tab: string): Promise<Page> {
  const email = `boss-${crypto.randomUUID()}@example.test`
  const { page } = await asNewcomer(email)
  await product.stack.sql`
    insert into enterprise_members (enterprise_id, user_id, role)
    select ${acme}, id, 'admin' from auth.users where email = ${email}`
  await page.goto(`${product.page}?page=admin&tab=${tab}`)
  return page
}

/** Opens the registry as a platform admin. */
async function asRoot(): Promise<Page> {
  const email = `root-${crypto.randomUUID()}@example.test`
  const { page } = await asNewcomer(email)
  await product.stack.sql`insert into platform_admins select id from auth.users where email = ${email}`
  await page.goto(`${product.page}?page=admin&tab=scenarios`)
  return page
}

async function openEditor(page: Page, title: string): Promise<void> {
  await page.getByRole('table', { name: 'Scenarios' }).getByRole('link', { name: title }).click()
  await page.getByRole('form', { name: 'Save' }).waitFor()
}

async function save(page: Page, note: string): Promise<void> {
  await page.getByRole('textbox', { name: 'What is new' }).fill(note)
  await page.getByRole('button', { name: 'Save as a new version' }).click()
  await page.getByRole('status').filter({ hasText: 'Saved as version' }).waitFor()
}

const turn = (page: Page, message: string) => page.getByRole('article', { name: message, exact: true })

async function write(page: Page, message: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your message' }).fill(message)
  await page.keyboard.press('Enter')
}

/** Says something and waits until the turn has ended. */
async function say(page: Page, message: string): Promise<void> {
  await write(page, message)
  await turn(page, message)
    .getByText(/^Completed/)
    .waitFor({ state: 'attached' })
}

test('a handoff is seen as it happens, in a second browser too, and whoever has the turn answers the next', async () => {
  const page = await choose('Shop')
  await say(page, 'My mug arrived broken.')
  await turn(page, 'My mug arrived broken.').getByText('Supervisor handed over to Returns').waitFor()
  await page.getByText('Returns answers').waitFor()
  await turn(page, 'My mug arrived broken.').getByRole('region', { name: 'Tool call: find_orders' }).waitFor()

  const { page: other } = await asAda()
  await other.goto(page.url())
  await turn(other, 'My mug arrived broken.').getByText('Supervisor handed over to Returns').waitFor()
  await say(page, 'When is my parcel delivered?')
  await turn(other, 'When is my parcel delivered?').getByText('Returns handed over to Sales').waitFor()
  await other.getByText('Sales answers').waitFor()
})

test('a user chooses who answers next', async () => {
  const page = await choose('Shop')
  await say(page, 'Hello!')
  await page.getByRole('button', { name: 'Supervisor answers' }).click()
  await page.getByRole('menuitem', { name: /^Sales/ }).click()
  await page.getByRole('button', { name: 'Sales answers next' }).waitFor()
  await say(page, 'What do you recommend?')
  await turn(page, 'What do you recommend?').getByText('You have chosen Sales').waitFor()
  await page.getByRole('button', { name: 'Sales answers', exact: true }).waitFor()
})

test('a conversation that asks for a person is taken, answered and given back by an admin', async () => {
  const boss = await asBoss('escalations')
  await boss.getByText('Nobody waits for a person').waitFor()
  const page = await choose('Shop')
  await say(page, 'I want to speak with a real person.')
  await page.getByText('A person will answer').waitFor()

  await boss.getByLabel('1 waiting').waitFor()
  await boss.getByRole('list', { name: 'Waiting for a person' }).getByRole('button').click()
  const transcript = boss.getByRole('region', { name: 'Transcript' })
  await transcript.getByText('I want to speak with a real person.').waitFor()
  await boss.getByRole('button', { name: 'Take over' }).click()
  await page.getByText('A person is with you').waitFor()
  await write(boss, 'This is the boss. What is it?')
  await page.getByRole('region', { name: 'Answer of A person' }).getByText('This is the boss.').waitFor()

  await say(page, 'My mug arrived broken.')
  await transcript.getByText('My mug arrived broken.').waitFor()
  await turn(page, 'My mug arrived broken.').getByRole('region', { name: 'Answer' }).waitFor({ state: 'detached' })
  await boss.getByRole('button', { name: 'Give back to the agents' }).click()
  await boss.getByText('Nobody waits for a person').waitFor()
  await page.getByText('A person is with you').waitFor({ state: 'detached' })
  await say(page, 'The mug is still broken.')
  await turn(page, 'The mug is still broken.').getByRole('region', { name: 'Answer' }).waitFor()
})

test('a user goes on with the agents without waiting for a person, and nobody else reads along', async () => {
  const page = await choose('Shop')
  await say(page, 'I want to speak with a real person.')
  await page.getByRole('button', { name: 'Go on with the agents' }).click()
  await page.getByText('A person will answer').waitFor({ state: 'detached' })
  await say(page, 'My mug arrived broken.')
  await turn(page, 'My mug arrived broken.').getByRole('region', { name: 'Answer' }).waitFor()

  const { page: eve } = await asNewcomer('eve@example.test')
  await eve.goto(page.url())
  await eve.getByText('There is no such conversation here').waitFor()
})

test('what an admin saves the next conversation uses, and the running one not', async () => {
  const before = await choose('Clinic front desk')
  await say(before, 'Hello!')
  const root = await asRoot()
  await openEditor(root, 'Clinic front desk')
  await root.getByRole('button', { name: /^Reception/ }).click()
  const title = root.getByRole('textbox', { name: 'Title' }).nth(1)
  await title.fill('Concierge')
  await save(root, 'A new name')

  const after = await choose('Clinic front desk')
  await say(after, 'Hello!')
  await after.getByText('Concierge answers').waitFor()
  await before.getByText('Reception answers').waitFor()

  await root.getByText('History', { exact: true }).click()
  const versions = root.getByRole('list', { name: 'Versions' })
  await versions.getByText('Agent reception: Concierge').waitFor()
  await versions.getByRole('button', { name: /^Version 1/ }).click()
  await versions.getByRole('button', { name: 'Restore as a new version' }).click()
  await versions.getByText('As in version 1.').waitFor()
  await expect.poll(() => title.inputValue(), patience).toBe('Reception')
})

test('what is wrong is said while it is typed, and a newer version loses nothing of what was typed', async () => {
  const [one, other] = [await asRoot(), await asRoot()]
  await openEditor(one, 'Project writer')
  await openEditor(other, 'Project writer')
  const title = (page: Page) => page.getByRole('textbox', { name: 'Title' }).first()
  await title(one).fill('')
  await one.getByText('1 thing needs care').waitFor()
  expect(await one.getByRole('button', { name: 'Save as a new version' }).isDisabled()).toBe(true)
  await title(one).fill('Writers')

  await title(other).fill('Authors')
  await save(other, 'Theirs')
  await one.getByRole('alert').filter({ hasText: 'Somebody has saved a newer version meanwhile' }).waitFor()
  expect(await title(one).inputValue()).toBe('Writers')
  await one.getByRole('button', { name: 'Keep mine' }).click()
  await save(one, 'Mine')
  await expect.poll(() => title(other).inputValue(), patience).toBe('Writers')
})

test('a new scenario is tried beside its form, and one that is switched off is offered no more', async () => {
  const root = await asRoot()
  await root.getByRole('button', { name: 'New scenario' }).click()
  await root.getByRole('textbox', { name: 'Id' }).fill('library')
  await root.getByRole('textbox', { name: 'Title' }).first().fill('Library')
  await root.getByRole('button', { name: 'Create' }).click()
  await root.getByRole('heading', { name: 'Library' }).waitFor()
  await root.getByText('Try it', { exact: true }).click()
  await say(root, 'Which books are there?')

  const { page } = await asAda()
  await page.goto(`${product.page}?page=scenarios`)
  const card = page.getByRole('list', { name: 'Scenarios' }).getByRole('link', { name: 'Library' })
  await card.waitFor()
  await root.getByRole('link', { name: 'All scenarios' }).click()
  await root.getByRole('switch', { name: '“Library” can be begun' }).click()
  await card.waitFor({ state: 'detached' })
})

test('who is asked for consent is told the title of the agent that asks', async () => {
  await product.stack.sql`insert into shop_orders (enterprise_id, number, customer, item, amount)
    values (${acme}, '4711', 'Marta', 'Walnut desk', 649)`
  const boss = await asBoss('escalations')
  const page = await choose('Shop')
  await write(page, 'The walnut desk 4711 is broken, refund it.')
  const question = { name: 'Returns asks: Refund an order?' }
  await turn(page, 'The walnut desk 4711 is broken, refund it.').getByRole('region', question).waitFor()
  await boss.goto(`${product.page}?page=approvals`)
  const card = boss.getByRole('region', question)
  await card.getByRole('button', { name: 'Reject' }).click()
  await page.getByText(/A person did not approve the refund/).waitFor()
})

test('agents are told the page that their user is on', async () => {
  const page = await choose('Shop')
  await say(page, 'Where am I?')
  const session = new URL(page.url()).searchParams.get('session')
  const [begun] = await product.stack.sql`
    select b.page as begun, r.request_payload -> 'page' as turn
    from scenario_sessions b join agent_task_requests r on r.session_id = b.session_id where b.session_id = ${session}`
  expect(begun).toEqual({ begun: { path: '/scenarios' }, turn: { path: '/scenarios' } })
})

test('a model is chosen from those that platform admins allow, and one that is not is said before it is saved', async () => {
  const root = await asRoot()
  const list = root.getByRole('combobox', { name: 'Models that scenarios may name' })
  await list.fill('gpt-5.6-sol')
  await list.press('Enter')
  await root.getByRole('status').filter({ hasText: 'Scenarios may name “gpt-5.6-sol”.' }).waitFor()

  const other = await asRoot()
  await openEditor(other, 'Shop')
  await other.getByRole('button', { name: /^Supervisor/ }).click()
  await other.getByRole('combobox', { name: 'Model', exact: true }).click()
  await other.getByRole('option', { name: 'gpt-5.6-sol' }).click()
  await save(other, 'A model of its own')

  await list.press('Backspace')
  await root.getByRole('status').filter({ hasText: 'may not name “gpt-5.6-sol” any more' }).waitFor()
  await other.reload()
  await other.getByText('1 thing needs care').waitFor()
  await other.getByRole('button', { name: /^Supervisor/ }).click()
  await other.getByText('Scenarios may not name the model “gpt-5.6-sol”.').first().waitFor()
  const page = await choose('Shop')
  await write(page, 'Hello!')
  await turn(page, 'Hello!')
    .getByText(/“?"?gpt-5.6-sol"?”? of "Supervisor"/)
    .waitFor()
})
