import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { callIs, type DockPlace, openDockPlace, shows, spoken, talk, transcript, write } from './voice/dock-place.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 20_000 } } })

let place: DockPlace

beforeAll(async () => {
  place = await openDockPlace()
}, 90_000)
afterAll(() => place?.stop())

test('what is written is answered in words and sound, checked on the way, and kept', async () => {
  const page = await place.start()
  await write(page, 'Good morning')
  await shows(page, 'I heard you say: Good morning')
  expect(place.asked(/moderate/).map(({ body }) => [body.direction, body.text])).toEqual(
    expect.arrayContaining([
      ['input', 'Good morning'],
      ['output', 'I heard you say: Good morning'],
    ]),
  )
  expect(place.asked(/session2/)[0]?.what).toContain('scenario_id=retail&root_agent=reception')
  expect(place.asked(/session2/)[0]?.token).toMatch(/^Bearer /)
  const kept = () => place.stack.sql`
    select item->>'role' as role, item->>'text' as text from voice_items where session_id = ${place.api.sessions.at(-1) ?? ''}`
  await expect.poll(kept).toEqual([
    { role: 'user', text: 'Good morning' },
    { role: 'assistant', text: 'I heard you say: Good morning' },
  ])
})

test('what is said while the button is held is answered, with a tool called on the way', async () => {
  const page = await place.start()
  const button = page.getByRole('button', { name: 'Hold to talk' })
  await button.hover()
  await page.mouse.down()
  await page.getByRole('button', { name: 'Let go to send' }).waitFor()
  await spoken(page)
  await page.mouse.up()
  await shows(page, 'My order, please')
  await shows(page, /find orders is done/)
  await shows(page, 'I found "a lamp".')
  expect(place.asked(/tools/).at(-1)?.body).toMatchObject({ tool: 'find_orders', arguments: { status: 'open' } })
})

test('the space bar talks too, and a short press is no turn', async () => {
  const page = await place.start()
  await talk(page)
  await shows(page, 'My order, please')
  await shows(page, 'I found "a lamp".')
  const calls = place.brain.calls()
  await page.keyboard.press('Space', { delay: 100 })
  await shows(page, 'Hold the button for as long as you talk.')
  expect(place.brain.calls()).toBe(calls)
})

test('an answer can be stopped', async () => {
  const page = await place.start()
  await write(page, `!long 300`)
  await shows(page, /1 2 3/)
  await page.getByRole('button', { name: 'Stop' }).click()
  await shows(page, '– cut short')
  await expect.poll(() => page.getByRole('button', { name: 'Stop' }).isEnabled()).toBe(false)
  await write(page, 'Good evening')
  await shows(page, 'I heard you say: Good evening')
})

test('agents hand over, and a decision made elsewhere takes hold at once', async () => {
  const page = await place.start()
  await page.getByText('Reception', { exact: true }).waitFor()
  await write(page, 'A refund, please')
  await shows(page, 'Returns answers from here on')
  await shows(page, 'Returns here, about: A refund, please')
  const session = place.api.sessions.at(-1) ?? ''
  await place.stack
    .sql`insert into scenario_decisions (session_id, to_agent, reason) values (${session}, 'reception', 'asked for')`
  await shows(page, 'Reception answers from here on: asked for')
  await write(page, 'Hello again')
  await shows(page, 'I heard you say: Hello again')
})

test('what moderation objects to is not sent, and an answer that it objects to is withheld', async () => {
  const page = await place.start()
  const calls = place.brain.calls()
  await write(page, 'I !flag violence')
  await shows(page, /This was not sent on: violence/)
  expect(place.brain.calls()).toBe(calls)
  expect(await page.getByRole('textbox', { name: 'Your message' }).inputValue()).toBe('I !flag violence')
  await write(page, 'A refund, please')
  await shows(page, /Returns here/)
  await write(page, 'Now swear')
  await shows(page, /An answer was withheld: hate/)
  await shows(page, 'Withheld.')
  await shows(page, /^I am sorry/)
  expect(await transcript(page).getByText('!flag hate').count()).toBe(0)
})

test('an answer that cannot be checked is withheld, once, and not kept', async () => {
  place.api.checks.work = false
  onTestFinished(() => {
    place.api.checks.work = true
  })
  const page = await place.start()
  const calls = place.brain.calls()
  await write(page, 'Good morning')
  await shows(page, /withheld, since it could not be checked/)
  await shows(page, 'Withheld.')
  await page.getByRole('button', { name: 'Hang up' }).click()
  const kept = () => place.stack.sql`select item->>'text' as text from voice_items
    where session_id = ${place.api.sessions.at(-1) ?? ''}`
  await expect.poll(kept).toEqual([{ text: 'Good morning' }])
  expect(place.brain.calls()).toBe(calls + 1)
})

test('what was said is not answered when moderation objects to it', async () => {
  const page = await place.start()
  place.heard.words = 'I !flag violence'
  onTestFinished(() => {
    place.heard.words = 'My order, please'
  })
  const calls = place.brain.calls()
  await talk(page)
  await shows(page, /This was not sent on: violence/)
  expect(place.brain.calls()).toBe(calls)
})

test('the log tells what went over the wire, without a key in it', async () => {
  const page = await place.start()
  await write(page, 'Good morning')
  await shows(page, 'I heard you say: Good morning')
  await page.getByRole('tab', { name: 'Logs' }).click()
  const log = page.getByRole('list', { name: 'Log' })
  await log.getByText('session.created').waitFor()
  await log.getByText('conversation.item.create', { exact: true }).waitFor()
  expect(await log.textContent()).not.toContain('ek_')
})

test('both sides are recorded, and the recording can be downloaded, also when the call is over', async () => {
  const page = await place.start()
  await write(page, 'Good morning')
  await shows(page, 'I heard you say: Good morning')
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
