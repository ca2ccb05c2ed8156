import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { callIs, type DockPlace, listenIn, openDockPlace, shows, transcript, write } from './voice/dock-place.ts'
import { hideSocket, holdNextKey, refuseVoice, spoilNextKey } from './voice/line-troubles.ts'
import { answerByWebRtc, loudnessAt } from './voice/provider-stand-in.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 20_000 } } })

const WELCOME = /^Welcome to the service desk/

let place: DockPlace

beforeAll(async () => {
  place = await openDockPlace()
}, 90_000)
afterAll(() => place?.stop())

test('without a microphone it says why, and text still works', async () => {
  const strict = await startBrowser({ microphone: 'denied' })
  onTestFinished(() => strict.close())
  const page = await place.start(strict)
  await page.getByRole('button', { name: 'Hold to talk' }).click()
  await page.getByRole('alert').filter({ hasText: 'may not use the microphone' }).waitFor()
  await page.getByRole('switch', { name: 'Hands-free' }).click()
  expect(await page.getByRole('switch', { name: 'Hands-free' }).isChecked()).toBe(false)
  await write(page, 'Good morning')
  await shows(page, WELCOME)
})

test('a key that has ended on its way is replaced', async () => {
  const page = await place.comeIn()
  const asked = listenIn(page)
  await spoilNextKey(page)
  await page.getByRole('button', { name: 'Start' }).click()
  await callIs(page, 'Live')
  expect(asked('/api/session2')).toHaveLength(2)
})

test('a line that broke is made anew, and the model knows what was said', async () => {
  const page = await place.start()
  await write(page, 'Good morning')
  await shows(page, WELCOME)
  const [session, asked] = [await place.session(), listenIn(page)]
  const lose = await holdNextKey(page)
  place.product.brain.hangUp()
  await callIs(page, 'Reconnecting')
  await page.context().setOffline(true)
  lose()
  await page.context().setOffline(false)
  await callIs(page, 'Live')
  expect(asked('/api/session2').at(-1)?.url).toContain(`session_id=${session}`)
  await write(page, 'What did I say before?')
  await shows(page, /^You said: Good morning/)
  expect(await transcript(page).getByText('Good morning', { exact: true }).count()).toBe(1)
})

test('where no socket is named, the provider is called by WebRTC', async () => {
  const page = await place.comeIn()
  await hideSocket(page)
  await answerByWebRtc(page, `${place.product.brain.url.replace('http', 'ws')}/realtime?model=gpt-realtime`)
  await page.getByRole('button', { name: 'Start' }).click()
  await callIs(page, 'Live')
  await write(page, 'Good morning')
  await shows(page, WELCOME)
  expect(await loudnessAt(page)).toBeLessThan(0.001)
  await page.getByRole('region', { name: 'Assistant' }).focus()
  await page.keyboard.down('Space')
  await expect.poll(() => loudnessAt(page)).toBeGreaterThan(0.01)
  await page.keyboard.up('Space')
  await expect.poll(() => loudnessAt(page)).toBeLessThan(0.001)
})

test('where voice is not set up it says so', async () => {
  const page = await place.comeIn()
  const setUp = await refuseVoice(page)
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByRole('alert').filter({ hasText: 'Voice is not set up here' }).waitFor()
  await setUp()
  await page.getByRole('button', { name: 'Try again' }).click()
  await callIs(page, 'Live')
})

test('where no scenario is for the page, one that may be begun answers', async () => {
  const page = await place.comeIn()
  await page.getByRole('combobox', { name: 'Talk with' }).selectOption('Whoever fits this page')
  const asked = listenIn(page)
  await page.getByRole('button', { name: 'Start' }).click()
  await callIs(page, 'Live')
  expect(asked('/api/orchestrate')).toHaveLength(1)
  await write(page, 'Good morning')
  await shows(page, /^Welcome to the clinic/)
})
