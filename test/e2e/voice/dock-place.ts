import type { Browser, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { type Brain, startBrain } from '../../../supabase/local/brain.ts'
import { startBrowser } from '../../support/browser.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { servePage } from '../serve-page.ts'
import { visitAsDemoUser } from '../visitor.ts'
import { type ApiStandIn, scripts, startApiStandIn } from './api-stand-in.ts'
import { addVoiceRows } from './rows-stand-in.ts'

/** All that the dock talks to, and a browser to see it in. */
export type DockPlace = {
  stack: Stack
  brain: Brain
  api: ApiStandIn
  browser: Browser
  /** What speech is taken for. */
  heard: { words: string }
  /** A user with the dock open. */
  comeIn: (through?: Browser) => Promise<Page>
  /** The same, with a call begun. */
  start: (through?: Browser) => Promise<Page>
  /** Requests to the API whose method and path fit. */
  asked: (what: RegExp) => ApiStandIn['asked']
  stop: () => Promise<void>
}

/** Starts it all; `stop` belongs into `afterAll`. */
export async function openDockPlace(): Promise<DockPlace> {
  await using parts = new AsyncDisposableStack()
  const heard = { words: 'My order, please' }
  const stack = await startStack()
  parts.defer(stack.stop)
  const brain = await startBrain({ pace: 'human', scripts, hears: () => heard.words })
  parts.defer(brain.stop)
  const api = await startApiStandIn(brain)
  parts.defer(api.stop)
  await addVoiceRows(stack)
  const site = await servePage(stack, await stack.signUp('ada@example.test'), { api: api.url })
  parts.defer(site.stop)
  const browser = await startBrowser()
  parts.defer(() => browser.close())
  const comeIn = async (through = browser) => {
    const visitor = await visitAsDemoUser(through, site.page)
    onTestFinished(visitor.leave)
    await visitor.page.getByRole('button', { name: 'Open the assistant' }).click()
    return visitor.page
  }
  const start = async (through = browser) => {
    const page = await comeIn(through)
    await page.getByRole('button', { name: 'Start' }).click()
    await callIs(page, 'Live')
    return page
  }
  const asked = (what: RegExp) => api.asked.filter(each => what.test(each.what))
  const all = parts.move()
  return { stack, brain, api, browser, heard, comeIn, start, asked, stop: () => all.disposeAsync() }
}

/** Waits until the dock says so of the call. */
export function callIs(page: Page, label: string): Promise<void> {
  return page.getByRole('status', { name: `Call: ${label}` }).waitFor()
}

/** Writes and sends a message. */
export async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your message' }).fill(text)
  await page.keyboard.press('Enter')
}

/** Talks for a moment, by the space bar. */
export async function talk(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Assistant' }).focus()
  await page.keyboard.down('Space')
  await page.getByRole('button', { name: 'Let go to send' }).waitFor()
  await spoken(page)
  await page.keyboard.up('Space')
}

/** Resolves once enough was said for a turn. */
export async function spoken(page: Page): Promise<void> {
  const now = () => page.evaluate(() => performance.now())
  const since = await now()
  await expect.poll(async () => (await now()) - since).toBeGreaterThan(600)
}

/** What was said, as the dock shows it. */
export const transcript = (page: Page) => page.getByRole('log', { name: 'Transcript' })

/** Waits until the transcript shows a text. */
export const shows = (page: Page, text: string | RegExp) => transcript(page).getByText(text).waitFor()
