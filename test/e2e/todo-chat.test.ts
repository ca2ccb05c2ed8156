import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { openPlace } from './place.ts'
import { QUICK } from './product.ts'
import type { Visitor } from './visitor.ts'

vi.setConfig({ testTimeout: 90_000 })

const place = await openPlace({ pace: QUICK })
const { product } = place

/** Opens the todos; the list beside the chat has been read. */
async function openTodos(arriving: Promise<Visitor>): Promise<Page> {
  const { page } = await arriving
  await page.getByRole('link', { name: 'Todos', exact: true }).click()
  await list(page).getByText(/open$/).waitFor()
  return page
}

const asAda = () => openTodos(place.asAda())
const list = (page: Page) => page.getByRole('region', { name: 'Your todos' })
const box = (page: Page, title: string) => list(page).getByRole('checkbox', { name: title, exact: true })
const turn = (page: Page, message: string) => page.getByRole('article', { name: message, exact: true })

async function say(page: Page, message: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your message' }).fill(message)
  await page.keyboard.press('Enter')
  await turn(page, message).waitFor()
}

async function answered(page: Page, message: string): Promise<void> {
  await turn(page, message)
    .getByText(/^Completed/)
    .waitFor({ state: 'attached' })
}

async function addByHand(page: Page, title: string): Promise<void> {
  await list(page).getByRole('textbox', { name: 'A new todo' }).fill(title)
  await page.keyboard.press('Enter')
  await box(page, title).waitFor()
}

test('what one browser says or does with todos the other shows at once', async () => {
  const [one, other] = [await asAda(), await asAda()]
  await say(one, 'Create a task called Buy oat milk')
  await answered(one, 'Create a task called Buy oat milk')
  await turn(one, 'Create a task called Buy oat milk').getByRole('region', { name: 'Tool call: todo_create' }).waitFor()
  await box(other, 'Buy oat milk').waitFor()

  await box(other, 'Buy oat milk').click()
  await box(one, 'Buy oat milk').waitFor({ state: 'detached' })
  await list(one).getByText('Done', { exact: true }).click()
  await box(one, 'Buy oat milk').waitFor()
  expect(await box(one, 'Buy oat milk').isChecked()).toBe(true)

  await other.goto(one.url())
  await say(other, 'Create a task called Water the fern')
  await answered(one, 'Create a task called Water the fern')
  await list(one).getByText('Open', { exact: true }).click()
  await box(one, 'Water the fern').waitFor()
})

test('a todo is deleted by the chat once its user approves, in every browser', async () => {
  const [one, other] = [await asAda(), await asAda()]
  await addByHand(one, 'Sell the bicycle')
  await say(one, 'Delete the bicycle')
  const question = turn(one, 'Delete the bicycle').getByRole('region', { name: 'Todos asks: Delete a todo?' })
  await question.getByText('Sell the bicycle').waitFor()
  await box(other, 'Sell the bicycle').waitFor()
  await question.getByRole('button', { name: 'Approve', exact: true }).click()
  await answered(one, 'Delete the bicycle')
  await box(one, 'Sell the bicycle').waitFor({ state: 'detached' })
  await box(other, 'Sell the bicycle').waitFor({ state: 'detached' })
})

test('a reload shows the conversation with its tool calls, and their input and result', async () => {
  const page = await asAda()
  await addByHand(page, 'Paint the fence')
  await say(page, 'Mark the fence as done')
  await answered(page, 'Mark the fence as done')
  await page.reload()
  const call = turn(page, 'Mark the fence as done').getByRole('region', { name: 'Tool call: todo_complete' })
  await call.getByRole('button').click()
  await call.getByText('Input of todo_complete').waitFor()
  await call.getByText('"success": true').waitFor()

  const { searchParams } = new URL(page.url())
  await page.goto(`${product.page}?session=${searchParams.get('session')}`)
  await page.waitForURL(/page=todos/)
  await turn(page, 'Mark the fence as done').waitFor()
})

test('a todo is changed and deleted by hand', async () => {
  const page = await asAda()
  await addByHand(page, 'Ring the plumber')
  await list(page).getByRole('button', { name: 'Edit “Ring the plumber”' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit the todo' })
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Ring the roofer')
  await dialog.getByLabel('Due').fill('2031-05-06')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await box(page, 'Ring the roofer').waitFor()
  await list(page).getByText('due May 6, 2031').waitFor()

  await list(page).getByRole('button', { name: 'Edit “Ring the roofer”' }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await box(page, 'Ring the roofer').waitFor({ state: 'detached' })
  await page.getByRole('status').filter({ hasText: '“Ring the roofer” is deleted.' }).waitFor()
})

test('nobody else sees the todos or the conversation about them', async () => {
  const ada = await asAda()
  await say(ada, 'Create a task called Hide the presents')
  await answered(ada, 'Create a task called Hide the presents')
  const eve = await openTodos(place.asNewcomer('eve@example.test'))
  await eve.getByText('Nothing to do').waitFor()
  await eve.goto(ada.url())
  await eve.getByText('There is no such conversation here').waitFor()
})
