import { join } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { servePage } from '../e2e/serve-page.ts'
import { holdTask } from '../shared/worker-by-hand.ts'
import { startBrowser } from '../support/browser.ts'
import { type SignedUp, type Stack, startStack } from '../support/stack.ts'

let stack: Stack
let ada: SignedUp
let browser: Browser
let served: Awaited<ReturnType<typeof servePage>>
let enterpriseId: string

beforeAll(async () => {
  stack = await startStack()
  ada = await stack.signUp('ada@example.test')
  const [enterprise] = await stack.sql`insert into enterprises (name) values ('Acme') returning id`
  enterpriseId = enterprise?.id
  await stack.sql`insert into enterprise_members (enterprise_id, user_id) values (${enterpriseId}, ${ada.userId})`
  served = await servePage(stack, ada, { root: join(import.meta.dirname, 'guide') })
  browser = await startBrowser()
})
afterAll(async () => {
  await browser?.close()
  await served?.stop()
  await stack?.stop()
})

/** Opens the page of examples at one of its two sections. */
async function open(section: string, enterprise = enterpriseId) {
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  page.setDefaultTimeout(12_000)
  await page.goto(`${served.page}?enterprise=${enterprise}`)
  const region = page.getByRole('region', { name: section })
  const part = (name: string): Locator => region.locator(`[data-is="${name}"]`)
  return { submit: region.getByRole('button'), part, log: part('log') }
}

/** Takes the task that the page has just submitted. */
async function holdNewest() {
  const newest = async () => {
    const [row] = await stack.sql`
      select id, enterprise_id, request_payload from agent_task_requests where status = 'pending' order by created_at desc`
    return row ?? expect.unreachable('No task has come.')
  }
  const row = await newest()
  return { row, ...(await holdTask(stack, row.id)) }
}

test('the hook submits for its enterprise, shows the answer and calls onComplete once', async () => {
  const { submit, part, log } = await open('Hook')
  await submit.click()
  await part('processing').filter({ hasText: 'true' }).waitFor()
  await submit.filter({ hasText: 'Submit' }).waitFor()
  const { row, settle } = await holdNewest()
  expect(row).toMatchObject({
    enterprise_id: enterpriseId,
    request_payload: { prompt: 'Your question here', context: { from: 'the hook' } },
  })
  await settle('completed', { response: { answer: 'The answer.' } })
  await part('answer').filter({ hasText: 'The answer.' }).waitFor()
  await part('processing').filter({ hasText: 'false' }).waitFor()
  expect(await log.textContent()).toBe('Task completed: The answer.')
})

test('the hook hands the error of a failed task over, and calls onError once', async () => {
  const { submit, part, log } = await open('Hook')
  await submit.click()
  await part('processing').filter({ hasText: 'true' }).waitFor()
  await submit.filter({ hasText: 'Submit' }).waitFor()
  const { settle } = await holdNewest()
  await settle('failed', { error: { code: 'provider_down', message: 'Try later.', retryable: true } })
  await part('error').filter({ hasText: 'Try later.' }).waitFor()
  expect(await log.textContent()).toBe('Task failed: Try later.')
})

test('the hook does not throw when a submission is refused: it says why', async () => {
  const { submit, part, log } = await open('Hook', crypto.randomUUID())
  await submit.click()
  await part('error')
    .filter({ hasText: /row-level security/ })
    .waitFor()
  expect(await part('processing').textContent()).toBe('false')
  expect(await log.textContent()).toMatch(/^Task failed: [^\n]*$/)
})

test('the service tells each status and resolves with the finished row', async () => {
  const { submit, log } = await open('Service')
  await submit.click()
  await log.filter({ hasText: 'Status: pending' }).waitFor()
  const { settle } = await holdNewest()
  await log.filter({ hasText: 'Status: processing' }).waitFor()
  await settle('completed', { response: { answer: 'Here it is.' } })
  await log.filter({ hasText: 'Final response' }).waitFor()
  const lines = ['Status: pending', 'Status: processing', 'Status: completed', 'Final response: Here it is.']
  expect(await log.textContent()).toBe(lines.join('\n'))
})
