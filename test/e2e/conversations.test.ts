import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { openPlace } from './place.ts'

vi.setConfig({ testTimeout: 90_000 })

const { product, asAda, asNewcomer } = await openPlace()

async function say(page: Page, prompt: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your question' }).fill(prompt)
  await page.getByRole('button', { name: 'Send', disabled: false }).waitFor()
  await page.keyboard.press('Control+Enter')
}

/** Begins a conversation as the demo user; resolves with its page and address. */
async function begin(prompt: string): Promise<Page> {
  const { page } = await asAda()
  await page.getByRole('link', { name: 'New conversation' }).click()
  await page.getByRole('heading', { name: 'Start a conversation' }).waitFor()
  await say(page, prompt)
  await page.waitForURL(/\?session=/)
  return page
}

const turn = (page: Page, prompt: string) => page.getByRole('article', { name: prompt, exact: true })
const status = (page: Page, prompt: string, text: string | RegExp) =>
  turn(page, prompt).getByRole('status').filter({ hasText: text }).waitFor()

test('questions of a conversation are answered in turn, a reload shows the same, and others see nothing', async () => {
  const page = await begin('How much is 3 * 4?')
  await status(page, 'How much is 3 * 4?', /^Completed/)
  await say(page, '!long 450')
  await turn(page, '!long 450').getByRole('region', { name: 'Answer' }).waitFor()
  await say(page, 'How much is 5 * 6?')
  await turn(page, 'How much is 5 * 6?')
    .getByText('Waits until the question before it in this conversation is answered.')
    .waitFor()
  await status(page, 'How much is 5 * 6?', /^Completed/)
  await turn(page, 'How much is 5 * 6?').getByRole('region', { name: 'Answer' }).getByText('30').waitFor()

  await page.reload()
  const turns = page.getByRole('list', { name: 'Turns' }).getByRole('article')
  await turns.nth(2).waitFor()
  const labels = await turns.evaluateAll(all => all.map(each => each.getAttribute('aria-label')))
  expect(labels).toEqual(['How much is 3 * 4?', '!long 450', 'How much is 5 * 6?'])
  await page
    .getByRole('navigation', { name: 'History' })
    .getByRole('button', { name: /^How much is 3 \* 4\?/ })
    .waitFor()

  const eve = await asNewcomer('eve@example.test')
  await eve.page.goto(page.url())
  await eve.page.getByRole('heading', { name: 'There is no such conversation here' }).waitFor()
})

test('where questions interrupt, the one under way stops, and where one is taken at a time the next is refused', async () => {
  const page = await begin('!long 900')
  await turn(page, '!long 900').getByRole('region', { name: 'Answer' }).waitFor()
  const busy = page.getByRole('combobox', { name: 'While an answer is being written' })
  await busy.click()
  await page.getByRole('option', { name: 'One question at a time' }).click()
  await page.getByRole('status').filter({ hasText: 'That holds for what you ask from now on.' }).waitFor()
  await say(page, 'How much is 7 * 7?')
  await page.getByRole('alert').filter({ hasText: 'The question was not taken' }).waitFor()

  await busy.click()
  await page.getByRole('option', { name: 'Next questions interrupt' }).click()
  await expect
    .poll(
      async () =>
        (
          await product.stack.sql`
    select on_busy from agent_sessions where id = ${new URL(page.url()).searchParams.get('session')}`
        )[0]?.on_busy,
    )
    .toBe('interrupt')
  await say(page, 'How much is 7 * 7?')
  await status(page, '!long 900', 'Cancelled')
  await status(page, 'How much is 7 * 7?', /^Completed/)
})

test('a conversation goes on in a second browser, and is gone once it is deleted', async () => {
  const page = await begin('How much is 8 * 8?')
  const { page: other } = await asAda()
  await other.goto(page.url())
  await other.getByRole('list', { name: 'Turns' }).waitFor()
  await say(page, 'How much is 9 * 8?')
  await turn(other, 'How much is 9 * 8?').getByRole('region', { name: 'Answer' }).getByText('72').waitFor()

  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('heading', { name: 'Start a conversation' }).waitFor()
  await page
    .getByRole('navigation', { name: 'History' })
    .getByRole('button', { name: /^How much is 8 \* 8\?/ })
    .waitFor({ state: 'detached' })
  await other.reload()
  await other.getByRole('heading', { name: 'There is no such conversation here' }).waitFor()
})

test('a task is run again from a step, with another result of its tool', async () => {
  const { page, ask, status: line, answer } = await asAda()
  const id = await ask('How much is (3 + 4) * 12?')
  await line.filter({ hasText: /^Completed/ }).waitFor()
  const steps = page.getByRole('region', { name: 'Steps' })
  await steps
    .getByRole('button', { name: /^Options of step/ })
    .nth(1)
    .click()
  await page.getByRole('menuitem', { name: 'Change the result and go on…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Another result of calculate' })
  await dialog.getByRole('textbox', { name: 'Result' }).fill('eighty-five')
  await dialog.getByRole('button', { name: 'Go on in a new task' }).click()
  await page.waitForURL(url => url.searchParams.get('task') !== id)
  await answer.getByText('eighty-five').waitFor()
  await line.filter({ hasText: /^Completed/ }).waitFor()
  await steps.getByText('taken over').first().waitFor()
})

test('what tasks cost is seen by admins, and bounded by platform admins', async () => {
  const { page } = await asNewcomer('root@example.test')
  await product.stack.sql`insert into platform_admins select id from auth.users where email = 'root@example.test'`
  await page.goto(`${product.page}?page=admin&tab=spending`)
  await page.getByRole('figure', { name: 'Cost per day' }).waitFor()
  await page.getByRole('table', { name: 'Spent by kind' }).getByRole('row').filter({ hasText: 'assistant' }).waitFor()

  await page.getByRole('button', { name: 'Set a budget' }).click()
  const dialog = page.getByRole('dialog', { name: 'A budget' })
  await dialog.getByRole('textbox', { name: 'Cost, at most' }).fill('0.5')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('status').filter({ hasText: 'Every other tenant may spend $0.50 per day.' }).waitFor()
  const budgets = page.getByRole('table', { name: 'Budgets' })
  await budgets.getByRole('row').filter({ hasText: 'Every other tenant' }).filter({ hasText: '$0.50' }).waitFor()
  expect(await product.stack.sql`select tenant_id, per, max_tokens, max_cost::float from worker.budgets`).toEqual([
    { tenant_id: null, per: 'day', max_tokens: null, max_cost: 0.5 },
  ])
  await budgets.getByRole('button', { name: /^Change the budget/ }).click()
  const change = page.getByRole('dialog', { name: 'The budget of Every other tenant' })
  await change.getByRole('textbox', { name: 'Cost, at most' }).fill('')
  await change.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Nothing is bounded').waitFor()

  await page.getByRole('button', { name: 'Limit a model' }).click()
  const limit = page.getByRole('dialog', { name: 'The limit of a model' })
  await limit.getByRole('textbox', { name: 'Model' }).fill('gpt-5.6-luna')
  await limit.getByRole('textbox', { name: 'Calls a minute, at most' }).fill('500')
  await limit.getByRole('button', { name: 'Save' }).click()
  await page
    .getByRole('table', { name: 'Limits of models' })
    .getByRole('row')
    .filter({ hasText: 'gpt-5.6-luna' })
    .filter({ hasText: '500' })
    .waitFor()
})
