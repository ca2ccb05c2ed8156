import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { callIs, type DockPlace, openDockPlace, shows, transcript } from './voice/dock-place.ts'
import { hideSocket } from './voice/line-troubles.ts'
import { answerByWebRtc, loudnessAt } from './voice/provider-stand-in.ts'
import { speechThenSilence } from './voice/speech.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 20_000 } } })

let place: DockPlace

beforeAll(async () => {
  place = await openDockPlace()
}, 90_000)
afterAll(() => place?.stop())

const goHandsFree = (page: Page) => page.getByRole('switch', { name: 'Hands-free' }).click()
const microphoneIs = (page: Page, words: string) =>
  page.getByRole('status', { name: 'Microphone' }).getByText(words).waitFor()

test('who has chosen to talk hands-free is answered without a button, by the next agent too', async () => {
  const talkative = await startBrowser({ hears: await speechThenSilence(3) })
  onTestFinished(() => talkative.close())
  const page = await place.start(talkative)
  await microphoneIs(page, 'The microphone is closed')
  await goHandsFree(page)
  await microphoneIs(page, 'You are heard…')
  await shows(page, 'My order, please')
  await shows(page, 'Sales answers from here on')
  await shows(page, /Walnut desk lamp/)
  await expect.poll(() => transcript(page).getByText('My order, please', { exact: true }).count()).toBeGreaterThan(1)
  await expect.poll(() => transcript(page).getByText('This is what I see').count()).toBeGreaterThan(1)
})

test('muting ends what was being said, and nothing is heard until it is unmuted', async () => {
  // The microphone beeps without an end.
  const page = await place.start()
  await goHandsFree(page)
  await microphoneIs(page, 'You are heard…')
  await page.getByRole('button', { name: 'Mute the microphone' }).click()
  await microphoneIs(page, 'Muted')
  await shows(page, 'My order, please')
  await shows(page, /Walnut desk lamp/)
  await page.getByRole('button', { name: 'Unmute the microphone' }).click()
  await microphoneIs(page, 'You are heard…')
  await goHandsFree(page)
  await microphoneIs(page, 'The microphone is closed')
  await page.getByRole('button', { name: 'Hold to talk' }).waitFor()
})

test('a muted microphone sends nothing, and one that was unmuted does', async () => {
  const page = await place.comeIn()
  await hideSocket(page)
  await answerByWebRtc(page, `${place.product.brain.url.replace('http', 'ws')}/realtime?model=gpt-realtime`)
  await page.getByRole('button', { name: 'Start' }).click()
  await callIs(page, 'Live')
  await goHandsFree(page)
  await expect.poll(() => loudnessAt(page)).toBeGreaterThan(0.01)
  await page.getByRole('button', { name: 'Mute the microphone' }).click()
  await expect.poll(() => loudestOf(page)).toBeLessThan(0.001)
  await page.getByRole('button', { name: 'Unmute the microphone' }).click()
  await expect.poll(() => loudnessAt(page)).toBeGreaterThan(0.01)
})

test('the microphone is open again when the line was made anew', async () => {
  const page = await place.start()
  await goHandsFree(page)
  await microphoneIs(page, 'You are heard…')
  place.product.brain.hangUp()
  await callIs(page, 'Reconnecting')
  await callIs(page, 'Live')
  await microphoneIs(page, 'You are heard…')
})

test('the assistant can be silenced while its words go on', async () => {
  const page = await place.start()
  await page.getByRole('button', { name: 'Silence the assistant' }).click()
  await page.getByRole('textbox', { name: 'Your message' }).fill('Good morning')
  await page.keyboard.press('Enter')
  await shows(page, /^Welcome to the service desk/)
  await page.getByRole('button', { name: 'Hear the assistant' }).click()
})

/** The loudest of looks for most of a second: between two beeps it is silent, too. */
async function loudestOf(page: Page): Promise<number> {
  const looks: number[] = []
  while (looks.length < 45) looks.push(await page.evaluate(frame).then(() => loudnessAt(page)))
  return Math.max(...looks)
}

function frame(): Promise<number> {
  return new Promise(resolve => requestAnimationFrame(resolve))
}
