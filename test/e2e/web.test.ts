import { expect, test, vi } from 'vitest'
import { openPlace } from './place.ts'
import { lettersOf, type Visitor } from './visitor.ts'

vi.setConfig({ testTimeout: 120_000 })

const { product, asAda, asNewcomer, asNobody } = await openPlace()

async function storedTask(id: string) {
  const [row] = await product.stack.sql`
    select status, life, response_payload ->> 'answer' as answer from agent_task_requests where id = ${id}`
  return row ?? expect.unreachable(`There is no task ${id}.`)
}

/** Waits until some of the answer is there and more is to come. */
async function midAnswer({ page, answered }: Visitor): Promise<string> {
  const growing = page.locator('section[aria-label="Answer"][aria-busy="true"]')
  await growing.filter({ hasText: /\w+(\W+\w+){5}/ }).waitFor()
  return await answered()
}

test('a question is answered while one watches, with the tool call and its result', async () => {
  const { page, ask, status, answered, history, connection } = await asAda()
  await connection('Live')
  await page.getByText('Demo model: scripted answers, no AI provider is called.').waitFor()
  const id = await ask('How much is (3 + 4) * 12?')
  await page.getByRole('region', { name: 'Question' }).getByText('How much is (3 + 4) * 12?').waitFor()

  const call = page.getByRole('region', { name: 'Steps' }).getByRole('button', { name: /calculate/ })
  await call.filter({ hasText: '84' }).click()
  await page
    .getByRole('region', { name: /calculate/ })
    .getByText('"expression": "(3 + 4) * 12"')
    .waitFor()
  await status.filter({ hasText: /^Completed in/ }).waitFor()
  expect(await answered()).toBe('Theresultis84')
  expect((await storedTask(id)).status).toBe('completed')
  await history.getByRole('button', { name: /How much is.*Completed/s }).waitFor()
  expect(await page.title()).toBe('Completed – Liverow')
})

test('the text grows word by word, and a reload goes on from where it was', async () => {
  const visitor = await asAda()
  const { page, ask, status, answer, answered, connection } = visitor
  // Slowly, so that a busy machine has it grow after the reload, too.
  const id = await ask('!slow Explain how this works, for one who reloads.')
  await answer.filter({ hasText: 'claimed the row' }).waitFor()
  const before = await answered()
  // What the answer says at the very first moment that it is there.
  await page.addInitScript(() => {
    new MutationObserver((_changes, observer) => {
      const words = document.querySelector('section[aria-label="Answer"]')?.textContent
      if (!words) return
      observer.disconnect()
      document.documentElement.dataset.firstWords = words
    }).observe(document, { childList: true, subtree: true, characterData: true })
  })
  await page.reload()
  await answer.waitFor()
  await connection('Live')
  const first = (await page.locator('html').getAttribute('data-first-words')) ?? ''
  expect(lettersOf(first).startsWith(before), `first ${first}\nbefore ${before}`).toBe(true)
  await midAnswer(visitor)

  await status.filter({ hasText: /^Completed/ }).waitFor({ timeout: 60_000 })
  expect(await answered()).toBe(lettersOf((await storedTask(id)).answer))
})

test('a second browser of the same user shows the same at the same time', async () => {
  const one = await asAda()
  const other = await asAda()
  await other.connection('Live')
  const prompt = 'Explain how this works, in two windows.'
  await one.ask(prompt)
  await other.history.getByRole('button', { name: prompt }).click()
  await midAnswer(other)
  await Promise.all([one, other].map(({ status }) => status.filter({ hasText: /^Completed/ }).waitFor()))
  expect(await other.answered()).toBe(await one.answered())
})

test('another user sees nothing of it, not by the address of the task either', async () => {
  const { ask, status } = await asAda()
  const id = await ask('How much is 6 * 7?')
  await status.filter({ hasText: /^Completed/ }).waitFor()
  const eve = await asNewcomer('eve@example.test')
  await eve.history.getByText('Nothing yet.').waitFor()
  await eve.page.goto(`${product.page}?task=${id}`)
  await eve.page.getByRole('heading', { name: 'There is no such task here' }).waitFor()
  expect(await eve.page.getByText('6 * 7').count()).toBe(0)
})

test('a cancelled task stops in mid-answer and keeps what was written', async () => {
  const visitor = await asAda()
  const { page, ask, status, answered } = visitor
  const id = await ask('Explain how this works, until I have had enough.')
  const before = await midAnswer(visitor)
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await status.filter({ hasText: 'Cancelled' }).waitFor()
  const after = await answered()
  expect(after.startsWith(before), `after ${after}\nbefore ${before}`).toBe(true)
  expect(after).not.toContain('everybodywhomaywatchit')
  expect((await storedTask(id)).status).toBe('cancelled')
})

test('an error of the provider is shown with what to do, and a retry begins anew', async () => {
  const { page, ask, status, answer } = await asAda()
  const id = await ask('!fail once 401')
  const alert = page.getByRole('alert')
  await alert.filter({ hasText: 'The task failed' }).waitFor()
  expect(await alert.textContent()).toMatch(/Code: \w+/)
  await status.filter({ hasText: /^Failed/ }).waitFor()
  await page.getByRole('button', { name: 'Retry' }).click()
  await status.filter({ hasText: /^Completed/ }).waitFor()
  await answer.waitFor()
  expect(await alert.count()).toBe(0)
  expect(await storedTask(id)).toMatchObject({ status: 'completed', life: 2 })
})

test('a worker that dies in mid-answer is replaced, and the answer is whole', async () => {
  const visitor = await asAda()
  const { ask, status, answered } = visitor
  const id = await ask('Explain how this works, to two workers.')
  await midAnswer(visitor)
  await product.replaceWorker()
  await status.filter({ hasText: '(attempt 2 of 5)' }).waitFor()
  await status.filter({ hasText: /^Completed/ }).waitFor()
  expect(await answered()).toBe(lettersOf((await storedTask(id)).answer))
})

test('a cut connection is shown, and mends itself without losing a word', async () => {
  const visitor = await asAda()
  const { ask, status, answered, connection } = visitor
  const id = await ask('Explain how this works, over a bad line.')
  await midAnswer(visitor)
  product.stack.realtime.cutSockets()
  await connection('Reconnecting')
  await connection('Live')
  await status.filter({ hasText: /^Completed/ }).waitFor()
  expect(await answered()).toBe(lettersOf((await storedTask(id)).answer))
})

test('a lost network is shown at once, and what was missed is there when it is back', async () => {
  const visitor = await asAda()
  const { page, ask, status, answered, connection } = visitor
  const id = await ask('Explain how this works, through a tunnel.')
  await midAnswer(visitor)
  await page.context().setOffline(true)
  await connection('Offline', 5_000)
  await page.context().setOffline(false)
  await connection('Live')
  await status.filter({ hasText: /^Completed/ }).waitFor()
  expect(await answered()).toBe(lettersOf((await storedTask(id)).answer))
})

test('a question that would be refused is not sent, and the page says why', async () => {
  const { page } = await asAda()
  const box = page.getByRole('textbox', { name: 'Your question' })
  const send = page.getByRole('button', { name: 'Send' })
  expect(await send.isDisabled()).toBe(true)
  await box.fill('x'.repeat(32_001))
  await page.getByText('The prompt is longer than 32,000 characters: shorten it.').waitFor()
  expect(await send.isDisabled()).toBe(true)
  await box.fill('!refuse')
  await send.click()
  await page.getByRole('alert').filter({ hasText: 'The task failed' }).waitFor()
})

test('on a phone the history opens by its button and closes with a choice', async () => {
  const { page, ask, history } = await asAda()
  await page.setViewportSize({ width: 390, height: 800 })
  await ask('How much is 2 * 21?')
  await page.getByRole('button', { name: 'Open the history' }).click()
  await history.getByRole('button', { name: 'New question' }).click()
  await page.getByRole('heading', { name: 'What would you like to know?' }).waitFor()
  await page.getByRole('button', { name: 'Open the history' }).waitFor()
})

test('who signs out is out, and a wrong password does not let in again', async () => {
  const { page } = await asAda()
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByLabel('Password', { exact: true }).fill('a wrong password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('alert').filter({ hasText: 'Email or password is wrong.' }).waitFor()
})

test('a page that is opened without a session asks to sign in, then opens the task of its address', async () => {
  const { ask, status } = await asAda()
  const id = await ask('How much is 9 * 9?')
  await status.filter({ hasText: /^Completed/ }).waitFor()
  const { page } = await asNobody(`${product.page}?task=${id}`)
  await page.getByRole('button', { name: 'Continue as the demo user' }).click()
  await page.getByRole('region', { name: 'Answer' }).getByText('81').waitFor()
})
