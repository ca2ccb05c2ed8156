import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { openPlace } from './place.ts'
import { QUICK } from './product.ts'

vi.setConfig({ testTimeout: 90_000 })

const { product, asAda, asNewcomer } = await openPlace({ pace: QUICK })

async function openDrafts(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Drafts', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Drafts' }).waitFor()
}

/** Begins a draft with a title. */
async function begin(page: Page, title: string): Promise<void> {
  await openDrafts(page)
  await page.getByRole('button', { name: 'New draft' }).click()
  await page.getByRole('textbox', { name: 'Title' }).fill(title)
  await page.getByRole('button', { name: 'Save' }).click()
  await told(page, 'The draft is saved.')
}

const told = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
const card = (page: Page, title: string | RegExp) =>
  page.getByRole('list', { name: 'Drafts' }).getByRole('link', { name: title })
const text = (page: Page) => page.getByRole('textbox', { name: 'Text (Markdown)' })

test('what an agent stores comes up among the drafts at once, and can be worked on with a preview', async () => {
  const [{ page }, { page: other }] = [await asAda(), await asAda()]
  await openDrafts(other)
  await page.goto(`${product.page}?page=scenarios&scenario=project_writer`)
  await page.getByRole('list', { name: 'Agents' }).waitFor()
  await page.getByRole('textbox', { name: 'Your message' }).fill('Plan an outline on the new office')
  await page.keyboard.press('Enter')
  await card(other, /^Outline: /).click()
  const preview = other.getByRole('region', { name: 'Preview' })
  await preview.getByRole('heading', { name: 'Why now' }).waitFor()
  await text(other).fill('# Rent\n\nIs **too high**.')
  await preview.getByRole('heading', { name: 'Rent' }).waitFor()
  await other.getByRole('button', { name: 'Mark as final' }).click()
  await told(other, 'It is final.')
  const [stored] = await product.stack.sql`select content, status from drafts where user_id = ${product.ada.userId}`
  expect(stored).toEqual({ content: '# Rent\n\nIs **too high**.', status: 'final' })
})

test('a draft that is changed elsewhere meanwhile loses nothing of what was typed', async () => {
  const { page: one } = await asAda()
  await begin(one, 'Letter to the landlord')
  const { page: other } = await asAda()
  await other.goto(one.url())
  await text(one).fill('Mine')
  await text(other).fill('Theirs')
  await other.getByRole('button', { name: 'Save' }).click()
  await told(other, 'The draft is saved.')
  await one.getByRole('alert').filter({ hasText: 'It was changed meanwhile' }).waitFor()
  expect(await text(one).inputValue()).toBe('Mine')
  await one.getByRole('button', { name: 'Keep mine' }).click()
  await one.getByRole('button', { name: 'Save' }).click()
  await expect.poll(() => text(other).inputValue(), { timeout: 20_000 }).toBe('Mine')
})

test('a deleted draft is gone in every browser, and nobody else has ever seen it', async () => {
  const [{ page: one }, { page: other }] = [await asAda(), await asAda()]
  await begin(one, 'A secret plan')
  await openDrafts(other)
  await card(other, /^A secret plan/).waitFor()
  const { page: eve } = await asNewcomer('eve@example.test')
  await eve.goto(one.url())
  await eve.getByText('There is no such draft here').waitFor()

  await one.getByRole('button', { name: 'Delete', exact: true }).click()
  await one.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await told(one, '“A secret plan” is deleted.')
  await card(one, /^A secret plan/).waitFor({ state: 'detached' })
  await card(other, /^A secret plan/).waitFor({ state: 'detached' })
})
