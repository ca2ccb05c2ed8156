import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { submitAndHold } from '../shared/worker-by-hand.ts'
import { openPlace } from './place.ts'
import { lettersOf } from './visitor.ts'

vi.setConfig({ testTimeout: 120_000 })

const { product, asAda } = await openPlace()

async function storedAnswer(id: string): Promise<string> {
  const [row] = await product.stack.sql`
    select response_payload ->> 'answer' as answer from agent_task_requests where id = ${id}`
  return lettersOf(row?.answer)
}

/** A task of Ada's at which the test is at work. */
function taskOfMine(prompt: string) {
  const { stack, ada } = product
  return submitAndHold(stack, { user_id: ada.userId, request_payload: stack.sql.json({ prompt }) })
}

test('twenty reloads in mid-stream neither lose a word nor say one twice', async () => {
  const { page, ask, answer, answered, status } = await asAda()
  const id = await ask('!long 1500')
  await answer.waitFor()
  const seen: string[] = []
  for (let reload = 0; reload < 20; reload++) {
    await page.reload()
    await answer.waitFor()
    seen.push(await answered())
  }
  await status.filter({ hasText: /^Completed/ }).waitFor({ timeout: 60_000 })
  const stored = await storedAnswer(id)
  expect(await answered()).toBe(stored)
  for (const [index, words] of seen.entries()) {
    expect(stored.startsWith(words), `reload ${index}: ${words.slice(-80)}`).toBe(true)
    expect(words.length, `reload ${index}`).toBeGreaterThanOrEqual(seen[index - 1]?.length ?? 0)
  }
  expect(seen[0]?.length, 'the first reload was in mid-stream').toBeLessThan(stored.length)
})

test('ten seconds without a network leave no gap and repeat nothing, in this tab and in a second one', async () => {
  const one = await asAda()
  const second = await one.page.context().newPage()
  const id = await one.ask('!long 700 in a tunnel')
  await second.goto(one.page.url())
  await one.answer.waitFor()
  await one.page.context().setOffline(true)
  await one.connection('Offline')
  // How long the network is away is what this is about.
  await pause(10_000)
  const before = await one.answered()
  await one.page.context().setOffline(false)
  await one.connection('Live')
  await one.status.filter({ hasText: /^Completed/ }).waitFor({ timeout: 60_000 })
  const stored = await storedAnswer(id)
  expect(stored.startsWith(before)).toBe(true)
  expect(await one.answered()).toBe(stored)
  await second
    .getByRole('article')
    .getByRole('status')
    .filter({ hasText: /^Completed/ })
    .waitFor()
  expect(lettersOf(await second.getByRole('region', { name: 'Answer' }).textContent())).toBe(stored)
})

test('text that is withdrawn disappears, and what comes instead stands alone', async () => {
  const { id, held } = await taskOfMine('Which is it?')
  const { page, answer } = await asAda()
  await page.goto(`${product.page}?task=${id}`)
  const step_key = 'model::0'
  await held.say([{ seq: 1, kind: 'text', step_key, data: { text: 'A first try that broke' } }])
  await answer.filter({ hasText: 'A first try that broke' }).waitFor()
  await held.record([
    {
      key: 'retry:model::0:1:1',
      kind: 'retry',
      agent: 'Helper',
      name: 'm',
      status: 'done',
      output: { code: 'malformed_output', seconds: 0.5 },
    },
  ])
  await held.say([
    { seq: 2, kind: 'reset', step_key, data: {} },
    { seq: 3, kind: 'retry', step_key, data: { code: 'malformed_output', seconds: 0.5 } },
  ])
  await answer.waitFor({ state: 'detached' })
  const steps = page.getByRole('region', { name: 'Steps' })
  await steps.getByText('The model was asked again: the answer broke off, 0.5 s later').waitFor()
  await held.say([{ seq: 4, kind: 'text', step_key, data: { text: 'The second one.' } }])
  await answer.filter({ hasText: /^The second one\.$/ }).waitFor()
})

test('a task that is cancelled while a tool runs says so, and what had been done stays in sight', async () => {
  const { id, held } = await taskOfMine('Look it up, slowly.')
  const { page, status } = await asAda()
  await page.goto(`${product.page}?task=${id}`)
  const look = { kind: 'tool', agent: 'Helper', input: { slowly: true } } as const
  await held.record([{ ...look, key: 'tool:/a', name: 'look_up', status: 'done', output: 'found', seconds: 1 }])
  await held.record([{ ...look, key: 'tool:/b', name: 'read_all', status: 'started' }])
  await held.say([
    { seq: 1, kind: 'agent', step_key: '', data: { name: 'Helper' } },
    {
      seq: 2,
      kind: 'step',
      step_key: 'tool:/b',
      data: { ...look, key: 'tool:/b', name: 'read_all', status: 'started' },
    },
  ])
  const steps = page.getByRole('region', { name: 'Steps' })
  await steps.getByRole('button', { name: /read_all.*Running/ }).waitFor()
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await status.filter({ hasText: 'Stopping' }).waitFor()
  await held.settle('cancelled', {})
  await status.filter({ hasText: 'Cancelled' }).waitFor()
  await steps.getByRole('button', { name: /read_all.*Did not finish/ }).waitFor()
  await steps.getByRole('button', { name: /look_up.*found/ }).waitFor()
})

test('another worker that takes over is told in the timeline', async () => {
  const { page, ask, answer, status } = await asAda()
  await ask('!long 250 for two workers')
  await answer.waitFor()
  await product.replaceWorker()
  const steps = page.getByRole('region', { name: 'Steps' })
  await steps.getByText('Another worker took over (attempt 2): what was finished stays.').waitFor()
  await status.filter({ hasText: /^Completed/ }).waitFor({ timeout: 60_000 })
})

test('how far a task is shows as a bar', async () => {
  const { id } = await taskOfMine('Read all chapters.')
  const { page } = await asAda()
  await page.goto(`${product.page}?task=${id}`)
  await product.stack.sql`
    update agent_task_requests set version = version + 1, progress = '{"done": 3, "total": 12, "text": "Reading chapters"}'
    where id = ${id}`
  await page.getByRole('progressbar', { name: 'Reading chapters' }).waitFor()
  await page.getByText('3 of 12').waitFor()
})
