import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import type { Script } from '../../supabase/local/brain/script.ts'
import { planner } from '../../supabase/local/brain/scripts/course-planning.ts'
import { addEmployee } from '../worker/pipelines/course-generation/company.ts'
import { openPlace } from './place.ts'
import { QUICK } from './product.ts'

vi.setConfig({ testTimeout: 240_000 })

const patience = { timeout: 90_000 }
const SQL = 'SQL and data modelling'
const CHARTS = 'Data visualisation'
const TESTS = 'Automated testing'

/** The demo's planner, but the last module of Pia's course is never written. */
const endlessForPia: Script = {
  ...planner,
  turn: scene => {
    const reply = planner.turn(scene)
    return scene.prompt.includes('"Pia"') ? (JSON.parse(JSON.stringify(reply), holdUp) as typeof reply) : reply
  },
}

function holdUp(name: string, value: unknown): unknown {
  return name === 'modules' && Array.isArray(value) ? value.map(silent) : value
}

function silent(module: { number?: number; objectives?: string[] }) {
  return module.number === 2 && module.objectives ? { ...module, objectives: ['!silent'] } : module
}

const { product, asAda, asNewcomer } = await openPlace({ scripts: [endlessForPia], pace: QUICK })
const { sql } = product.stack
const [acme] = await sql`insert into enterprises (name) values ('Acme') returning id`
await sql`insert into enterprise_members (enterprise_id, user_id, role)
  values (${acme?.id}, ${product.ada.userId}, 'admin')`
const ines = await addEmployee(sql, acme?.id, 'Ines', { [SQL]: [2, 4, 5], [CHARTS]: [2, 3, 3] })
await addEmployee(sql, acme?.id, 'Otto', { [TESTS]: [1, 3, 4], [CHARTS]: [1, 3, 3] })
await addEmployee(sql, acme?.id, 'Pia', { [SQL]: [0, 5, 5] })
await addEmployee(sql, acme?.id, 'Rolf', { [SQL]: [5, 5, 5] })

const linkOf = (page: Page, name: string) => page.getByRole('link', { name, exact: true })
const modulesOf = (page: Page) => page.getByRole('list', { name: 'Modules' })
const courseIn = (page: Page) => new URL(page.url()).searchParams.get('course') ?? ''

/** Asks for a course for an employee. */
async function generate(page: Page, name: string, modules: number): Promise<string> {
  await linkOf(page, 'Courses').first().click()
  await linkOf(page, name).click()
  await page.getByRole('textbox', { name: 'Modules' }).fill(String(modules))
  await page.getByRole('button', { name: 'Generate course' }).click()
  await page.waitForURL(/[?&]course=/)
  return courseIn(page)
}

test('courses for two employees are made at once although the worker dies, each module once, and one is written again', async () => {
  const { sql } = product.stack
  const ada = await asAda()
  const { page } = ada
  const other = await page.context().newPage()
  await other.goto(product.page)
  const [first, second] = await Promise.all([generate(page, 'Ines', 2), generate(other, 'Otto', 2)])
  const begun = () =>
    sql`select from agent_task_steps where task_id = ${first} and name = 'write_module' and status = 'started'`
  await expect.poll(async () => (await begun()).length, patience).toBeGreaterThan(0)

  await product.replaceWorker()
  await page.reload()
  for (const tab of [page, other]) {
    await tab.getByRole('region', { name: 'How it was made' }).getByText('Completed in').waitFor(patience)
    await modulesOf(tab).getByText('Written', { exact: true }).nth(1).waitFor()
  }
  const contents = await sql`select p.task_id, c.module_number, c.version from cm_module_contents c
    join cm_course_plans p using (plan_id) order by p.task_id = ${second}, module_number`
  expect(contents).toEqual(
    [first, second].flatMap(task_id => [1, 2].map(module_number => ({ task_id, module_number, version: 1 }))),
  )
  await page.getByText('No search engine is set up').waitFor()

  await modulesOf(page).getByRole('link').first().click()
  await page.getByRole('heading', { name: 'Check yourself' }).waitFor()
  await page
    .getByRole('link', { name: /^Source \d+: / })
    .first()
    .click()
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toMatch(/^source-\d+$/)
  const before = await page.locator('.module-text').textContent()
  await page.getByRole('button', { name: 'Write this module again' }).click()
  await page.getByRole('textbox', { name: 'What shall be different' }).fill('With an example from a bakery.')
  await page.getByRole('button', { name: 'Write this module again' }).click()
  await page.getByRole('form', { name: 'Write this module again' }).waitFor({ state: 'detached' })
  await page.reload()
  const versions = page.getByRole('combobox', { name: 'Version' })
  await versions.waitFor(patience)
  await page.locator('.module-text').getByText('With an example from a bakery.').waitFor()
  await versions.click()
  await page.getByRole('option', { name: /^1 · / }).click()
  await expect.poll(() => page.locator('.module-text').textContent()).toBe(before)
  await page.goBack()
  await page.locator('.module-text').getByText('With an example from a bakery.').waitFor()
})

test('what is written when a course is cancelled stays, and what is missing can be written', async () => {
  const ada = await asAda()
  const { page } = ada
  const id = await generate(page, 'Pia', 2)
  await modulesOf(page).getByText('Written', { exact: true }).first().waitFor(patience)
  await modulesOf(page).getByText('Being written').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await ada.status.filter({ hasText: /^Cancelled/ }).waitFor()
  await modulesOf(page).getByText('Missing').first().waitFor()

  // From the history it is found as the task that it was.
  await page.goto(`${product.page}?task=${id}`)
  await page.waitForURL(/[?&]course=/)
  await modulesOf(page).getByRole('link').first().click()
  await page.getByRole('heading', { name: 'Check yourself' }).waitFor()
  await page.goBack()
  await modulesOf(page).getByRole('listitem').filter({ hasText: 'Missing' }).getByRole('link').first().click()
  await page.getByText('This module was not written.').waitFor()
  await product.stack.sql`update cm_course_plans
    set course_structure = replace(course_structure::text, '!silent', 'Ask.')::jsonb where task_id = ${id}`
  await page.getByRole('button', { name: 'Write it' }).click()
  await page.getByRole('button', { name: 'Write it' }).click()
  await page.getByRole('button', { name: 'Write this module again' }).waitFor(patience)
  await page.getByRole('heading', { name: 'Check yourself' }).waitFor()
})

test('without a gap there is no course to ask for', async () => {
  const ada = await asAda()
  const { page } = ada
  await linkOf(page, 'Courses').click()
  await page.getByRole('searchbox', { name: 'Search employees' }).fill('position of rolf')
  await linkOf(page, 'Ines').waitFor({ state: 'detached' })
  await linkOf(page, 'Rolf').click()
  await page.getByText('Rolf has every skill that the position asks for').waitFor()
  expect(await page.getByRole('button', { name: 'Generate course' }).isDisabled()).toBe(true)
})

test('somebody else finds neither the employees of an enterprise nor its courses', async () => {
  const { sql } = product.stack
  const [course] = await sql`select plan_id, task_id from cm_course_plans limit 1`
  const eve = await asNewcomer('eve@example.test')
  const { page } = eve
  await linkOf(page, 'Courses').click()
  await page.getByText('No employees that you may see').waitFor()
  await page.goto(`${product.page}?page=courses&employee=${ines}`)
  await page.getByRole('heading', { name: 'There is no such employee here' }).waitFor()
  for (const id of [course?.plan_id, course?.task_id]) {
    await page.goto(`${product.page}?page=courses&course=${id}`)
    await page.getByRole('heading', { name: 'There is no such course here' }).waitFor()
  }
})
