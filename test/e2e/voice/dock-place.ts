import type { Browser, Page } from 'playwright-core'
import { expect, onTestFinished, vi } from 'vitest'
import { type Script, say } from '../../../supabase/local/brain/script.ts'
import { retail } from '../../../supabase/local/brain/scripts/scenario-retail.ts'
import { startBrowser } from '../../support/browser.ts'
import { type Product, startProduct } from '../product.ts'
import { visitAsDemoUser, visitAsNewcomer } from '../visitor.ts'

type Kept = { role: string; text: string; source: string; agent: string | null }

/** The product, a browser to see its dock in, and Ada, who is a member of Acme, a shop. */
export type DockPlace = {
  product: Product
  acme: string
  /** What speech is taken for. */
  heard: { words: string }
  /** Ada with the dock open and the shop chosen. */
  comeIn: (through?: Browser) => Promise<Page>
  /** The same, with a call begun. */
  start: (through?: Browser) => Promise<Page>
  /** A part of the admin area, as an admin of Acme. */
  asAdmin: (tab: string) => Promise<Page>
  /** The conversation that was begun last. */
  session: () => Promise<string>
  /** What is kept of it. */
  kept: () => Promise<Kept[]>
  stop: () => Promise<void>
}

// The shop's agents; besides they swear, remember and repeat when a test wants it.
const scripts: Script[] = retail.map(script => ({
  ...script,
  turn: scene => {
    if (/\bswear\b/.test(scene.prompt)) return say('Well, !flag hate you.')
    if (/\bhear\b/.test(scene.prompt)) return say(`You heard: ${scene.said.answers.at(-1)}`)
    return /\bbefore\b/.test(scene.prompt) ? say(`You said: ${scene.said.prompts.join(' / ')}`) : script.turn(scene)
  },
}))

/** Starts it all; `stop` belongs into `afterAll`. */
export async function openDockPlace(): Promise<DockPlace> {
  await using parts = new AsyncDisposableStack()
  const heard = { words: 'My order, please' }
  const product = await startProduct({ scripts, hears: () => heard.words })
  parts.defer(product.stop)
  const browser = await startBrowser()
  parts.defer(() => browser.close())
  const { sql } = product.stack
  const acme = await openShop(product)
  await vi.waitUntil(() => answers(`${product.api}/ready`), { timeout: 30_000 })
  const comeIn = async (through = browser) => {
    // Nobody talks as often as these tests.
    await sql`delete from worker.api_buckets`
    const { page, leave } = await visitAsDemoUser(through, product.page)
    onTestFinished(leave)
    await page.getByRole('button', { name: 'Open the assistant' }).click()
    await page.getByRole('option', { name: 'Shop' }).waitFor({ state: 'attached' })
    await page.getByRole('combobox', { name: 'Talk with' }).selectOption('Shop')
    return page
  }
  const start = async (through = browser) => {
    const page = await comeIn(through)
    await page.getByRole('button', { name: 'Start' }).click()
    await callIs(page, 'Live')
    return page
  }
  const asAdmin = async (tab: string) => {
    const email = `boss-${crypto.randomUUID()}@example.test`
    const { page, leave } = await visitAsNewcomer(browser, product.page, email)
    onTestFinished(leave)
    await sql`insert into enterprise_members (enterprise_id, user_id, role)
      select ${acme}, id, 'admin' from auth.users where email = ${email}`
    await page.goto(`${product.page}?page=admin&tab=${tab}`)
    return page
  }
  const session = async (): Promise<string> => {
    const [latest] = await sql`select session_id from scenario_sessions order by created_at desc limit 1`
    return latest?.session_id
  }
  const kept = async () => [
    ...(await sql<
      Kept[]
    >`select role, text, source, agent from session_transcript where session_id = ${await session()} order by seq`),
  ]
  const all = parts.move()
  return { product, acme, heard, comeIn, start, asAdmin, session, kept, stop: () => all.disposeAsync() }
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function openShop({ stack: { sql }, ada }: Product): Promise<string> {
  const [acme, globex] = await sql`insert into enterprises (name) values ('Acme'), ('Globex') returning id`
  await sql`insert into enterprise_members (enterprise_id, user_id) values (${acme?.id}, ${ada.userId})`
  await sql`insert into shop_orders (enterprise_id, number, customer, item, amount, status) values
    (${acme?.id}, '1001', 'Marta', 'Walnut desk lamp', 89, 'delivered'),
    (${globex?.id}, '2002', 'Eve', 'Steel chair', 120, 'paid')`
  return acme?.id
}

/** What the page asks of the API from now on. */
export function listenIn(page: Page): (path: string) => { url: string; body: unknown; token: string | undefined }[] {
  const asked: { url: string; body: unknown; token: string | undefined }[] = []
  page.on('request', request => {
    if (!request.url().includes('/api/') || request.method() === 'OPTIONS') return
    asked.push({ url: request.url(), body: request.postDataJSON(), token: request.headers().authorization })
  })
  return path => asked.filter(({ url }) => url.includes(path))
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
export const shows = (page: Page, text: string | RegExp) => transcript(page).getByText(text).first().waitFor()
