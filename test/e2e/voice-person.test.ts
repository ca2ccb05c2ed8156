import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { callIs, type DockPlace, openDockPlace, shows, talk, transcript, write } from './voice/dock-place.ts'

vi.setConfig({ testTimeout: 90_000, expect: { poll: { timeout: 20_000 } } })

let place: DockPlace

beforeAll(async () => {
  place = await openDockPlace()
}, 90_000)
afterAll(() => place?.stop())

/** Asks for a person. */
async function askForPerson(page: Page): Promise<void> {
  await write(page, 'I want to speak with a real person.')
  await shows(page, /^A person was asked for/)
}

/** Takes the conversation over as an admin of Acme, who is at the desk. */
async function takeOver(): Promise<Page> {
  const boss = await place.asAdmin('escalations')
  await boss.getByRole('list', { name: 'Waiting for a person' }).getByRole('button').first().click()
  await boss.getByRole('button', { name: 'Take over' }).click()
  return boss
}

test('a person answers in the agents’ place, who keep silent and know of it afterwards', async () => {
  const page = await place.start()
  await askForPerson(page)
  const calls = place.product.brain.calls()
  await page.getByText('A person will answer').waitFor()
  const boss = await takeOver()
  await shows(page, 'A person is with you')
  await page.getByText('What you say and write goes to them').waitFor()

  const desk = boss.getByRole('region', { name: 'Transcript' })
  await write(page, 'Good morning')
  await desk.getByText('Good morning').waitFor()
  await talk(page)
  await desk.getByText('My order, please').waitFor()
  await write(boss, 'This is the boss. What is it?')
  await shows(page, 'This is the boss. What is it?')
  await transcript(page).getByText('A person', { exact: true }).waitFor()
  expect(place.product.brain.calls()).toBe(calls)

  await boss.getByRole('button', { name: 'Give back to the agents' }).click()
  await shows(page, 'The agents answer again')
  await write(page, 'What did I hear?')
  await shows(page, 'You heard: This is the boss. What is it?')
  const kept = (await place.kept()).filter(({ source }) => source === 'human')
  expect(kept).toEqual([{ role: 'assistant', text: 'This is the boss. What is it?', source: 'human', agent: null }])
})

test('what a person says while the line is down is there when it is made anew', async () => {
  const page = await place.start()
  await askForPerson(page)
  const boss = await takeOver()
  await shows(page, 'A person is with you')
  await page.context().setOffline(true)
  place.product.brain.hangUp()
  await callIs(page, 'Reconnecting')
  await write(boss, 'Are you still there?')
  await boss.getByRole('region', { name: 'Transcript' }).getByText('Are you still there?').waitFor()
  await page.context().setOffline(false)
  await callIs(page, 'Live')
  await shows(page, 'Are you still there?')
  await boss.getByRole('button', { name: 'Give back to the agents' }).click()
  await shows(page, 'The agents answer again')
  await write(page, 'What did I hear?')
  await shows(page, 'You heard: Are you still there?')
})

test('the user goes on with the agents without waiting for a person', async () => {
  const page = await place.start()
  await askForPerson(page)
  await page.getByRole('button', { name: 'Go on with the agents' }).click()
  await shows(page, 'The agents answer again')
  await write(page, 'Good morning')
  await shows(page, /^Welcome to the service desk/)
})
