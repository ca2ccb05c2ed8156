import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import {
  callIs,
  type DockPlace,
  listenIn,
  openDockPlace,
  shows,
  spoken,
  talk,
  transcript,
  write,
} from './voice/dock-place.ts'
import { failChecks, loseMinutes } from './voice/line-troubles.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 20_000 } } })

const WELCOME = /^Welcome to the service desk/
const WELCOME_IN_FULL =
  'Welcome to the service desk. Is it about an order, about a return or refund, or would you like to practise?'
const ORDERS = /#1001 Walnut desk lamp, 89\.00 EUR: delivered/

let place: DockPlace

beforeAll(async () => {
  place = await openDockPlace()
}, 90_000)
afterAll(() => place?.stop())

test('what is written is answered in words and sound, checked on the way, and kept', async () => {
  const page = await place.comeIn()
  const asked = listenIn(page)
  await page.getByRole('button', { name: 'Start' }).click()
  await callIs(page, 'Live')
  await write(page, 'Good morning')
  await shows(page, WELCOME_IN_FULL)
  await expect
    .poll(() => asked('/api/moderate').map(({ body }) => body))
    .toEqual(
      expect.arrayContaining([
        { scenario_id: 'retail', direction: 'input', text: 'Good morning' },
        { scenario_id: 'retail', direction: 'output', text: WELCOME_IN_FULL },
      ]),
    )
  expect(asked('/api/session2')[0]?.token).toMatch(/^Bearer /)
  await expect.poll(place.kept).toEqual([
    { role: 'user', text: 'Good morning', source: 'voice', agent: null },
    { role: 'assistant', text: WELCOME_IN_FULL, source: 'voice', agent: 'supervisor' },
  ])
})

test('what was said just before the page is left is kept', async () => {
  const page = await place.start()
  await loseMinutes(page)
  const checked = page.waitForResponse(response => response.request().postDataJSON()?.text === WELCOME_IN_FULL)
  await write(page, 'Good morning')
  await shows(page, WELCOME_IN_FULL)
  await checked
  await page.goto('about:blank')
  await expect.poll(place.kept).toEqual([
    { role: 'user', text: 'Good morning', source: 'voice', agent: null },
    { role: 'assistant', text: WELCOME_IN_FULL, source: 'voice', agent: 'supervisor' },
  ])
})

test('what is said while the button is held is answered, by whom it is for, with the orders of the user’s enterprise', async () => {
  const page = await place.start()
  const button = page.getByRole('button', { name: 'Hold to talk' })
  await button.hover()
  await page.mouse.down()
  await page.getByRole('button', { name: 'Let go to send' }).waitFor()
  await spoken(page)
  await page.mouse.up()
  await shows(page, 'My order, please')
  await shows(page, 'Sales answers from here on')
  await shows(page, /Find orders: done/)
  await shows(page, ORDERS)
  expect(await transcript(page).getByText('2002').count()).toBe(0)
  const [task] = await place.product.stack.sql`
    select kind, enterprise_id, user_id from agent_task_requests where kind = 'scenario-tool'`
  expect(task).toEqual({ kind: 'scenario-tool', enterprise_id: place.acme, user_id: place.product.ada.userId })
})

test('the space bar talks too, and a short press is no turn', async () => {
  const page = await place.start()
  await talk(page)
  await shows(page, 'My order, please')
  await shows(page, ORDERS)
  const calls = place.product.brain.calls()
  await page.keyboard.press('Space', { delay: 100 })
  await shows(page, 'Hold the button for as long as you talk.')
  expect(place.product.brain.calls()).toBe(calls)
})

test('an answer can be stopped', async () => {
  const page = await place.start()
  await write(page, `!long 300`)
  await shows(page, /1 2 3/)
  await page.getByRole('button', { name: 'Stop' }).click()
  await shows(page, '– cut short')
  await expect.poll(() => page.getByRole('button', { name: 'Stop' }).isEnabled()).toBe(false)
  await write(page, 'Good evening')
  await shows(page, WELCOME)
})

test('agents hand over, and a decision made elsewhere takes hold at once', async () => {
  const page = await place.start()
  let read = ''
  page.on('response', async response => {
    if (response.url().includes('/scenario_decisions?')) read = await response.text()
  })
  await page.getByText('Supervisor', { exact: true }).waitFor()
  await write(page, 'A refund, please')
  await shows(page, 'Returns answers from here on')
  await shows(page, /^Which order is it about/)
  const { sql } = place.product.stack
  const session = await place.session()
  // What was handed over by voice is a decision, too, and no news.
  await expect.poll(() => read).toContain('handoff')
  const made = await sql`select from_agent, to_agent, source from scenario_decisions where session_id = ${session}`
  expect(made).toEqual([{ from_agent: 'supervisor', to_agent: 'returns', source: 'handoff' }])
  const [begun] = await sql`select active_agent from scenario_sessions where session_id = ${session}`
  expect(begun?.active_agent).toBe('returns')
  await sql`insert into scenario_decisions (session_id, to_agent, reason, source, created_at)
    values (${session}, 'supervisor', 'asked for', 'user', now())`
  await shows(page, 'Supervisor answers from here on: asked for')
  await write(page, 'Hello again')
  await shows(page, WELCOME)
  await page.getByRole('tab', { name: 'Logs' }).click()
  const news = page.getByRole('list', { name: 'Log' }).getByText('decision', { exact: true })
  await news.first().waitFor()
  expect(await news.count()).toBe(1)
})

test('what moderation objects to is not sent, and an answer that it objects to is withheld', async () => {
  const page = await place.start()
  const calls = place.product.brain.calls()
  await write(page, 'I !flag violence')
  await shows(page, /This was not sent on: violence/)
  expect(place.product.brain.calls()).toBe(calls)
  expect(await page.getByRole('textbox', { name: 'Your message' }).inputValue()).toBe('I !flag violence')
  await write(page, 'Good morning')
  await shows(page, WELCOME)
  await write(page, 'Now swear')
  await shows(page, /An answer was withheld: hate/)
  await shows(page, 'Withheld.')
  await shows(page, /^I am sorry/)
  expect(await transcript(page).getByText('!flag hate').count()).toBe(0)
})

test('an answer that cannot be checked is withheld, once, and not kept', async () => {
  const page = await place.start()
  await failChecks(page)
  const calls = place.product.brain.calls()
  await write(page, 'Good morning')
  await shows(page, /withheld, since it could not be checked/)
  await shows(page, 'Withheld.')
  await page.getByRole('button', { name: 'Hang up' }).click()
  await expect.poll(place.kept).toEqual([{ role: 'user', text: 'Good morning', source: 'voice', agent: null }])
  expect(place.product.brain.calls()).toBe(calls + 1)
})

test('what was said is not answered when moderation objects to it', async () => {
  const page = await place.start()
  place.heard.words = 'I !flag violence'
  onTestFinished(() => {
    place.heard.words = 'My order, please'
  })
  const calls = place.product.brain.calls()
  await talk(page)
  await shows(page, /This was not sent on: violence/)
  expect(place.product.brain.calls()).toBe(calls)
})

test('the log tells what went over the wire, without a key in it', async () => {
  const page = await place.start()
  await write(page, 'Good morning')
  await shows(page, WELCOME)
  await page.getByRole('tab', { name: 'Logs' }).click()
  const log = page.getByRole('list', { name: 'Log' })
  await log.getByText('session.created').waitFor()
  await log.getByText('conversation.item.create', { exact: true }).waitFor()
  expect(await log.textContent()).not.toContain('ek_')
})

test('both sides are recorded, and the recording can be downloaded, also when the call is over', async () => {
  const page = await place.start()
  await write(page, 'Good morning')
  await shows(page, WELCOME)
  await expect.poll(() => page.getByRole('button', { name: 'Stop' }).isEnabled()).toBe(false)
  // The assistant's tone, which is soft.
  const { loudest, seconds } = await recordingOf(page)
  expect(loudest).toBeGreaterThan(0.03)
  expect(loudest).toBeLessThan(0.1)
  await talk(page)
  await shows(page, 'My order, please')
  await page.getByRole('button', { name: 'Hang up' }).click()
  await callIs(page, 'No call')
  // And the microphone's, which is not.
  const whole = await recordingOf(page)
  expect(whole.loudest).toBeGreaterThan(0.1)
  expect(whole.seconds).toBeGreaterThan(seconds)
})

/** Downloads the recording and listens to it. */
async function recordingOf(page: Page): Promise<{ loudest: number; seconds: number }> {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download the recording' }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^conversation-.+\.webm$/)
  return page.evaluate(
    async bytes => {
      const sound = await new AudioContext().decodeAudioData(
        Uint8Array.from(atob(bytes), each => each.charCodeAt(0)).buffer,
      )
      const loudest = sound.getChannelData(0).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
      return { loudest, seconds: sound.duration }
    },
    await readFile(await file.path(), 'base64'),
  )
}
