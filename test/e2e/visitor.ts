import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

const patienceMs = 20_000

/** A person at the page, in a browser profile of their own. */
export type Visitor = {
  page: Page
  ask: (prompt: string) => Promise<string>
  /** The line that says how the task stands. */
  status: Locator
  answer: Locator
  /** The answer as it is shown now, in letters and digits alone. */
  answered: () => Promise<string>
  history: Locator
  /** Waits until the page says so of its connection. */
  connection: (label: string, timeout?: number) => Promise<void>
  leave: () => Promise<void>
}

/** Opens the page; what the page complains about fails the test when the visitor leaves. */
export async function visit(browser: Browser, address: string): Promise<Visitor> {
  // What moves is clicked at while it does, and then hit or not.
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' })
  context.setDefaultTimeout(patienceMs)
  const page = await context.newPage()
  const complaints: string[] = []
  const answer = page.getByRole('region', { name: 'Answer' })
  page.on('pageerror', error => complaints.push(String(error)))
  await page.goto(address)

  return {
    page,
    status: page.getByRole('article').getByRole('status'),
    answer,
    answered: async () => lettersOf(await answer.textContent()),
    history: page.getByRole('navigation', { name: 'History' }),
    async ask(prompt) {
      await page.getByRole('textbox', { name: 'Your question' }).fill(prompt)
      await page.getByRole('button', { name: 'Send', disabled: false }).waitFor()
      await page.keyboard.press('Control+Enter')
      await page.waitForURL(/\?task=/)
      return new URL(page.url()).searchParams.get('task') ?? ''
    },
    connection: (label, timeout = patienceMs) =>
      page.getByRole('status', { name: `Connection: ${label}` }).waitFor({ timeout }),
    async leave() {
      await context.close()
      expect(complaints).toEqual([])
    },
  }
}

/** Opens the page and signs in as the demo user. */
export async function visitAsDemoUser(browser: Browser, address: string): Promise<Visitor> {
  const visitor = await visit(browser, address)
  await visitor.page.getByRole('button', { name: 'Continue as the demo user' }).click()
  await visitor.page.getByRole('button', { name: /^Account of/ }).waitFor()
  return visitor
}

/** Opens the page and makes an account. */
export async function visitAsNewcomer(browser: Browser, address: string, email: string): Promise<Visitor> {
  const visitor = await visit(browser, address)
  const { page } = visitor
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByRole('textbox', { name: 'Email' }).fill(email)
  await page.getByLabel('Password', { exact: true }).fill('a-password-of-mine')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: `Account of ${email}` }).waitFor()
  return visitor
}

/** Letters and digits alone: the same whether a text is Markdown or what a browser made of it. */
export function lettersOf(text: string | null): string {
  return (text ?? '').replace(/[^\p{L}\p{N}]+/gu, '')
}
