import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { socketOf } from './voice/api-stand-in.ts'
import { callIs, type DockPlace, openDockPlace, shows, transcript, write } from './voice/dock-place.ts'
import { answerByWebRtc, loudnessAt } from './voice/provider-stand-in.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 20_000 } } })

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
  await write(page, 'Good morning')
  await shows(page, 'I heard you say: Good morning')
})

test('a key that has ended on its way is replaced', async () => {
  const page = await place.comeIn()
  place.api.nextKey.value = 'ek_of_yesterday'
  const before = place.asked(/session2/).length
  await page.getByRole('button', { name: 'Start' }).click()
  await callIs(page, 'Live')
  expect(place.asked(/session2/)).toHaveLength(before + 2)
})

test('a line that broke is made anew, and the model knows what was said', async () => {
  const page = await place.start()
  await write(page, 'Good morning')
  await shows(page, 'I heard you say: Good morning')
  const session = place.api.sessions.at(-1)
  await page.context().setOffline(true)
  place.brain.hangUp()
  await callIs(page, 'Reconnecting')
  await page.context().setOffline(false)
  await callIs(page, 'Live')
  expect(place.asked(/session2/).at(-1)?.what).toContain(`session_id=${session}`)
  await write(page, 'What did I say before?')
  await shows(page, 'You said before: Good morning')
  expect(await transcript(page).getByText('Good morning', { exact: true }).count()).toBe(1)
})

test('where no socket is named, the provider is called by WebRTC', async () => {
  place.api.model.isNamed = false
  onTestFinished(() => {
    place.api.model.isNamed = true
  })
  const page = await place.comeIn()
  await answerByWebRtc(page, socketOf(place.brain))
  await page.getByRole('button', { name: 'Start' }).click()
  await callIs(page, 'Live')
  await write(page, 'Good morning')
  await shows(page, 'I heard you say: Good morning')
  expect(await loudnessAt(page)).toBeLessThan(0.001)
  await page.getByRole('region', { name: 'Assistant' }).focus()
  await page.keyboard.down('Space')
  await expect.poll(() => loudnessAt(page)).toBeGreaterThan(0.01)
  await page.keyboard.up('Space')
  await expect.poll(() => loudnessAt(page)).toBeLessThan(0.001)
})

test('where voice is not set up it says so', async () => {
  place.api.refusal.status = 503
  onTestFinished(() => {
    place.api.refusal.status = null
  })
  const page = await place.comeIn()
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByRole('alert').filter({ hasText: 'Voice is not set up here' }).waitFor()
  place.api.refusal.status = null
  await page.getByRole('button', { name: 'Try again' }).click()
  await callIs(page, 'Live')
})
