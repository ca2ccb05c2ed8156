import type { Page } from 'playwright-core'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { SignedUp } from '../support/stack.ts'
import { openPlace } from './place.ts'
import { QUICK } from './product.ts'

vi.setConfig({ testTimeout: 60_000 })

const { product, asAda, asNewcomer } = await openPlace({ pace: QUICK })
const [enterprise] = await product.stack.sql`insert into enterprises (name) values ('Acme') returning id`
const acme: string = enterprise?.id
await product.stack.sql`
  insert into enterprise_members (enterprise_id, user_id) values (${acme}, ${product.ada.userId})`

/** Opens a part of the admin area as somebody new who is a platform admin. */
async function asRoot(tab: string): Promise<{ page: Page; email: string }> {
  const email = `root-${crypto.randomUUID()}@example.test`
  const { page } = await asNewcomer(email)
  await product.stack.sql`insert into platform_admins select id from auth.users where email = ${email}`
  await page.goto(`${product.page}?page=admin&tab=${tab}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { page, email }
}

/** Submits as this user; resolves with the task's id. */
async function submit({ client }: SignedUp, prompt: string, enterprise_id: string | null = null): Promise<string> {
  const request = { request_payload: { prompt }, enterprise_id }
  const { data } = await client.from('agent_task_requests').insert(request).select('id').single().throwOnError()
  return data.id
}

/** A task that a worker has taken which then died, with nobody to notice until the test is over. */
async function stuckTask(prompt: string): Promise<string> {
  const { sql } = product.stack
  const reserved = await sql.reserve()
  // Upkeep is done by whoever has this lock; without it the task would be given to the living worker at once.
  await reserved`select pg_advisory_lock(8421, -2)`
  onTestFinished(async () => {
    await reserved`select pg_advisory_unlock(8421, -2)`
    reserved.release()
  })
  return await sql.begin(async tx => {
    const [task] = await tx`
      insert into agent_task_requests (enterprise_id, user_id, request_payload)
      values (${acme}, ${product.ada.userId}, ${tx.json({ prompt })}) returning id`
    const [claimed] = await tx`select task_id from worker.claim(gen_random_uuid(), 1, 600)`
    expect(claimed?.task_id).toBe(task?.id)
    await tx`update worker.queue set expires_at = worker.now() - interval '1 second' where task_id = ${task?.id}`
    return task?.id
  })
}

async function statusOf(id: string): Promise<string> {
  const [row] = await product.stack.sql`select status from agent_task_requests where id = ${id}`
  return row?.status
}

/** Waits until the answer is this one. */
async function until<T>(ask: () => Promise<T>, answer: T): Promise<void> {
  await expect.poll(ask, { timeout: 20_000 }).toBe(answer)
}

async function auditOf(id: string): Promise<string[]> {
  const rows = await product.stack.sql`select actor, action from agent_task_audit where task_id = ${id} order by id`
  return rows.map(({ actor, action }) => `${actor} ${action}`)
}

const tile = (page: Page, label: string) => page.getByRole('list', { name: 'Counts' }).getByText(label).locator('..')
const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })
const notice = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor()

test('the counts change while one watches', async () => {
  const { page } = await asRoot('overview')
  await tile(page, 'Working').getByText('0', { exact: true }).waitFor()
  await tile(page, 'Working').getByText('on 1 worker').waitFor()
  await submit(product.ada, '!slow Explain how this works, to the counts.')
  await tile(page, 'Working').getByText('1', { exact: true }).waitFor()
  await page.getByRole('figure', { name: 'Tasks per minute' }).waitFor()
  await page.getByRole('button', { name: 'Show the numbers of “Tasks per minute”' }).click()
  await page.getByRole('region', { name: 'Numbers of “Tasks per minute”' }).getByRole('table').waitFor()
  await row(page, 'assistant').getByRole('cell').nth(2).filter({ hasText: '1' }).waitFor()
})

test('running tasks are cancelled together, and the record says by whom', async () => {
  const { page, email } = await asRoot('tasks')
  const prompts = ['one', 'two', 'three'].map(name => `!slow Explain how this works, number ${name} of many.`)
  const ids = await Promise.all(prompts.map(prompt => submit(product.ada, prompt, acme)))
  for (const prompt of prompts) {
    await row(page, prompt).filter({ hasText: 'Working' }).waitFor()
    await page.getByRole('checkbox', { name: `Choose ${prompt}` }).check()
  }
  const chosen = page.getByRole('region', { name: 'Chosen tasks' })
  await chosen.getByText('3 tasks chosen').waitFor()
  await chosen.getByRole('button', { name: 'Cancel', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Cancel 3 tasks?' })
  await dialog.getByText('told to stop').waitFor()
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click()
  await notice(page, '3 tasks cancelled.')
  for (const prompt of prompts) await row(page, prompt).filter({ hasText: 'Cancelled' }).waitFor()
  expect(await Promise.all(ids.map(statusOf))).toEqual(['cancelled', 'cancelled', 'cancelled'])
  expect(await Promise.all(ids.map(auditOf))).toEqual(ids.map(() => [`${email} cancel`]))

  await page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name: 'Audit' }).click()
  const done = row(page, ids[0]?.slice(0, 8) ?? '')
  await done.filter({ hasText: email }).filter({ hasText: 'Cancelled a task' }).filter({ hasText: 'Acme' }).waitFor()
})

test('what a bulk verb leaves out is told', async () => {
  const { page } = await asRoot('tasks')
  const id = await submit(product.ada, 'How much is 5 * 5?')
  await row(page, 'How much is 5 * 5?').filter({ hasText: 'Completed' }).waitFor()
  await page.getByRole('textbox', { name: 'Task id' }).fill(id.slice(0, 12))
  await page.waitForURL(/id=/)
  await page.getByRole('checkbox', { name: 'All 1 row shown' }).check()
  await page.getByRole('button', { name: 'Reset', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reset', exact: true }).click()
  await notice(page, 'No task was reset; 1 was not running.')
  expect(await statusOf(id)).toBe('completed')
})

test('a stuck task is seen, reset, and done by a living worker', async () => {
  const { page, email } = await asRoot('overview')
  const id = await stuckTask('How much is 8 * 8?')
  await tile(page, 'Stuck').getByText('1', { exact: true }).waitFor()
  await page.getByText('1 task is stuck').waitFor()
  await page.getByRole('button', { name: 'Reset stuck tasks' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reset stuck tasks' }).click()
  await notice(page, '1 task reset.')
  await page.goto(`${product.page}?page=admin&tab=tasks&task=${id}`)
  const story = page.getByRole('article', { name: 'Task' })
  await story.getByText(/^Completed in/).waitFor()
  await story.getByRole('region', { name: 'Answer' }).first().getByText('64').waitFor()
  await story.getByText(`by ${email}`).waitFor()
  await story.getByText('Assistant used calculate').waitFor()
  expect(await auditOf(id)).toEqual([`${email} reset`])
})

test('a dead letter is started again, and the list lets it go', async () => {
  const { page, email } = await asRoot('dead-letters')
  const id = await submit(product.ada, '!fail once 401, for the dead letters')
  const table = page.getByRole('table', { name: /the latest first/ })
  const letter = table.getByRole('row').filter({ hasText: 'for the dead letters' })
  await letter.filter({ hasText: 'provider_auth' }).waitFor()
  await page
    .getByRole('table', { name: /by kind and error/ })
    .getByRole('button', { name: 'Retry all 1' })
    .click()
  await page.getByRole('dialog', { name: 'Retry 1 task?' }).getByRole('button', { name: 'Retry', exact: true }).click()
  await notice(page, '1 task started again.')
  await page.getByText('No dead letters').waitFor()
  await until(() => statusOf(id), 'completed')
  expect(await auditOf(id)).toEqual([`${email} retry`])
})

test('a user is told that an admin has paused the kind, and the task runs once it is resumed', async () => {
  const { page } = await asRoot('kinds')
  const paused = page.getByRole('switch', { name: 'Workers take “assistant”' })
  await paused.press('Space')
  await notice(page, '“assistant” is paused.')
  const ada = await asAda()
  await ada.ask('How much is 11 * 11?')
  await ada.page.getByText(/^Paused by an admin since \d\d:\d\d/).waitFor()
  await paused.press('Space')
  await notice(page, '“assistant” goes on.')
  await ada.status.filter({ hasText: /^Completed/ }).waitFor()
  expect(await ada.answered()).toBe('Theresultis121')
})

test('a tenant is limited, and its next task says so', async () => {
  const { page } = await asRoot('kinds')
  await submit(product.ada, 'How much is 2 * 3?', acme)
  await page.getByRole('button', { name: 'Limit Acme' }).click()
  await page.getByRole('textbox', { name: 'At work at once, at most' }).fill('0')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await notice(page, 'At most 0 of Acme at work at once.')
  const ada = await asAda()
  await ada.ask('How much is 2 * 4?')
  await ada.page.getByText('No tasks may be at work for Acme at present.').waitFor()
  await page.getByRole('button', { name: 'Limit Acme' }).click()
  await page.getByRole('textbox', { name: 'At work at once, at most' }).fill('')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await ada.status.filter({ hasText: /^Completed/ }).waitFor()
})

test('who is no admin is told so, and sees no way in', async () => {
  const { page } = await asAda()
  await page.getByRole('link', { name: 'Schedules' }).waitFor()
  expect(await page.getByRole('link', { name: 'Admin' }).count()).toBe(0)
  await page.goto(`${product.page}?page=admin&tab=tasks`)
  await page.getByRole('heading', { name: 'This page is for admins' }).waitFor()
  expect(await page.getByRole('table').count()).toBe(0)
})

test('who loses the right loses the screen, without a reload', async () => {
  const { page, email } = await asRoot('overview')
  await tile(page, 'Waiting').waitFor()
  await product.stack
    .sql`delete from platform_admins where user_id = (select id from auth.users where email = ${email})`
  await page.getByRole('heading', { name: 'This page is for admins' }).waitFor()
  expect(await page.getByRole('list', { name: 'Counts' }).count()).toBe(0)
})

test('the admin of an enterprise sees its tasks and no others, and not what is for platform admins', async () => {
  const email = `boss-${crypto.randomUUID()}@example.test`
  const { page } = await asNewcomer(email)
  await product.stack.sql`
    insert into enterprise_members (enterprise_id, user_id, role)
    select ${acme}, id, 'admin' from auth.users where email = ${email}`
  await Promise.all([submit(product.ada, 'How much is 7 + 1?', acme), submit(product.ada, 'How much is 7 + 2?')])
  await page.goto(`${product.page}?page=admin`)
  await row(page, 'How much is 7 + 1?').waitFor()
  expect(await row(page, 'How much is 7 + 2?').count()).toBe(0)
  const names = await page.getByRole('navigation', { name: 'Admin' }).getByRole('link').allTextContents()
  expect(names).toEqual([
    'Tasks',
    'Dead letters',
    'Approvals',
    'Scenarios',
    'Escalations',
    'Spending',
    'Schedules',
    'Audit',
    'Your questions',
  ])
  await page.goto(`${product.page}?page=admin&tab=kinds`)
  await page.getByRole('heading', { name: 'This page is for admins' }).waitFor()
})

test('a task is found by its correlation id, which its story tells', async () => {
  const { error } = await product.ada.client
    .from('agent_task_requests')
    .insert({ request_payload: { prompt: 'How much is 8 + 8?' }, correlation_id: 'order-7' })
  expect(error).toBeNull()
  await submit(product.ada, 'How much is 9 + 9?')
  const { page } = await asRoot('tasks')
  await row(page, 'How much is 9 + 9?').waitFor()
  await page.getByRole('textbox', { name: 'Correlation id' }).fill('order-7')
  await row(page, 'How much is 9 + 9?').waitFor({ state: 'detached' })
  await row(page, 'How much is 8 + 8?').getByRole('link').click()
  await page.getByRole('button', { name: 'Copy the id order-7' }).waitFor()
})

test('filters and stories are part of the address, and the way back leads through them', async () => {
  const { page } = await asRoot('tasks')
  const id = await submit(product.ada, 'How much is 6 + 6?')
  await row(page, 'How much is 6 + 6?').getByRole('link').click()
  const story = page.getByRole('dialog', { name: 'The story of a task' })
  await story.getByText('What happened').waitFor()
  expect(new URL(page.url()).searchParams.get('task')).toBe(id)
  await page.goBack()
  await story.waitFor({ state: 'hidden' })
  await page.goto(`${product.page}?page=admin&tab=tasks&status=failed&id=${id}`)
  await page.getByText('No such tasks').waitFor()
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await row(page, 'How much is 6 + 6?').waitFor()
  await page.goBack()
  await page.getByText('No such tasks').waitFor()
})

test('older tasks are on further pages, and none is left out between them', async () => {
  const { page } = await asRoot('tasks')
  const { sql } = product.stack
  // All in one moment: only the id tells them apart.
  await sql`
    insert into agent_task_requests (user_id, kind, request_payload, run_at)
    select null, 'paged', jsonb_build_object('prompt', 'Page ' || i), now() + interval '1 day' from generate_series(1, 120) i`
  onTestFinished(async () => {
    await sql`delete from agent_task_requests where kind = 'paged'`
  })
  await page.goto(`${product.page}?page=admin&tab=tasks&kind=paged`)
  const prompts = page.locator('.task-link > :first-child')
  const seen = new Set<string>()
  const look = async (count: number) => {
    await until(() => prompts.count(), count)
    for (const prompt of await prompts.allTextContents()) seen.add(prompt)
  }
  await look(50)
  const older = page.getByRole('button', { name: 'Older' })
  await older.click()
  await page.waitForURL(/before=/)
  await until(async () => seen.has((await prompts.first().textContent()) ?? ''), false)
  await look(50)
  await older.click()
  await look(20)
  expect(seen.size).toBe(120)
  expect(await older.isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Newer' }).click()
  await look(50)
  expect(seen.size).toBe(120)
  await page.getByRole('button', { name: 'Newest' }).click()
  await look(50)
})

test('a schedule is made with a look at its next runs, asks its question, is paused by an admin and deleted', async () => {
  const ada = await asAda()
  await ada.page.getByRole('link', { name: 'Schedules' }).click()
  await ada.page.getByRole('button', { name: 'New schedule' }).click()
  const form = ada.page.getByRole('dialog', { name: 'A new schedule' })
  await form.getByRole('textbox', { name: 'Name' }).fill('Sums')
  await form.getByRole('textbox', { name: 'Question' }).fill('How much is 10 * 10?')
  const when = form.getByRole('combobox', { name: 'When' })
  await when.fill('0 25 * * *')
  await form.getByText('"0 25 * * *" cannot be read').waitFor()
  expect(await form.getByRole('button', { name: 'Schedule it' }).isDisabled()).toBe(true)
  await when.fill('30  6 * * 1')
  const runs = form.getByRole('region', { name: 'Next runs' }).getByRole('listitem')
  await until(() => runs.count(), 5)
  expect(await runs.first().textContent()).toMatch(/^Mon, .* 06:30 /)
  await form.getByRole('button', { name: 'Schedule it' }).click()
  await notice(ada.page, '“Sums” is scheduled.')
  const [schedule] = await product.stack.sql`select cron, enterprise_id, user_id from agent_task_schedules`
  expect(schedule).toEqual({ cron: '30 6 * * 1', enterprise_id: acme, user_id: product.ada.userId })

  // As if no worker had run for more than a week: the last run that was missed is made up for.
  await product.stack.sql`update agent_task_schedules set ticked_to = now() - interval '8 days', next_at = null`
  const asked = ada.history.getByRole('button', { name: /How much is 10 \* 10\?/ })
  await asked.filter({ hasText: 'Completed' }).waitFor()

  const { page } = await asRoot('schedules')
  await row(page, 'Sums').filter({ hasText: 'Acme' }).waitFor()
  expect(await page.getByRole('button', { name: 'Change Sums' }).count()).toBe(0)
  await page.getByRole('switch', { name: 'Sums is on' }).press('Space')
  await notice(page, '“Sums” is paused.')
  await row(ada.page, 'Sums').filter({ hasText: 'Paused since' }).waitFor()

  await ada.page.getByRole('button', { name: 'Delete Sums' }).click()
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await ada.page.getByText('No schedules yet').waitFor()
})

test('on a phone nothing is wider than the screen, in any part', async () => {
  const { page } = await asRoot('overview')
  await page.setViewportSize({ width: 390, height: 844 })
  await submit(product.ada, `How much is 1 + 1? ${'averylongwordthatcannotbebroken'.repeat(8)}`)
  for (const name of [
    'Overview',
    'Tasks',
    'Dead letters',
    'Approvals',
    'Spending',
    'Workers',
    'Kinds and tenants',
    'Schedules',
    'Audit',
  ]) {
    await page.getByRole('button', { name: 'Open the menu' }).click()
    await page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name }).click()
    await page.getByRole('heading', { name, level: 1 }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(390)
  }
})
