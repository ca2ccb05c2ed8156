import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { call, type Script } from '../../supabase/local/brain/script.ts'
import { portfolioAnalysis } from '../../supabase/local/brain/scripts/portfolio-analysis.ts'
import { addInstruments, addPortfolio } from '../worker/pipelines/portfolio.ts'
import { openPlace } from './place.ts'

vi.setConfig({ testTimeout: 90_000 })

const HELD_UP = 'Mind the risk.'

/** The demo's planner, but with this wish its reporter never answers. */
function plannerOf(scripts: Script[]): Script[] {
  return scripts
    .filter(({ name }) => name === 'Planner')
    .map(planner => ({
      ...planner,
      turn: scene => {
        const reply = planner.turn(scene)
        if (!scene.prompt.includes(HELD_UP) || !Array.isArray(reply)) return reply
        return reply.map(part =>
          'tool' in part && part.tool === 'invoke_reporter' ? call(part.tool, { input: '!silent' }) : part,
        )
      },
    }))
}

const { product, asAda, asNewcomer } = await openPlace({ scripts: plannerOf(portfolioAnalysis) })
const { sql } = product.stack
await addInstruments(sql)
const accounts = { Depot: { WRLD: 400, SUNX: 200 }, Pension: { BOND: 500 }, Child: { GOLD: 50, WRLD: 20 } }
await addPortfolio(sql, product.ada.userId, accounts, { cash: 1_000 })

const regionOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const laneOf = (page: Page, name: string) => page.getByRole('article', { name, exact: true })
const taskIn = (page: Page) => new URL(page.url()).searchParams.get('task') ?? ''

/** Asks for an analysis of what is there. */
async function analyse(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Portfolio', exact: true }).first().click()
  await page.getByRole('button', { name: 'Analyse', exact: true }).click()
  await page.waitForURL(/[?&]task=/)
  return taskIn(page)
}

test('a portfolio is analysed before its owner’s eyes, stays after a reload, and is nobody else’s', async () => {
  const ada = await asAda()
  const { page } = ada
  await page.getByRole('link', { name: 'Portfolio', exact: true }).click()
  const depot = regionOf(page, 'Depot')
  await depot.getByText('Not classified yet: the tagger will').waitFor()
  await page.getByText('$78,000').waitFor()

  const id = await analyse(page)
  // All looked for from the start: each is there for some seconds only.
  await Promise.all([
    laneOf(page, 'Tagger').getByText('Classified SUNX.').waitFor(),
    ...['Reporter', 'Charter', 'Retirement'].map(name =>
      laneOf(page, name).locator('xpath=self::*[@data-state="working"]').waitFor(),
    ),
    laneOf(page, 'Planner')
      .getByText(/^Waits for Reporter/)
      .waitFor(),
    regionOf(page, 'Report').locator('[aria-busy="true"]').waitFor(),
  ])
  await ada.status.filter({ hasText: /^Completed/ }).waitFor()

  const seen = async () => {
    await regionOf(page, 'In short').getByText('You hold 78,000 USD').waitFor()
    await regionOf(page, 'Report').getByRole('heading', { name: 'What to consider' }).waitFor()
    const bands = page.getByRole('figure', { name: 'What becomes of the money' })
    await bands.locator('.recharts-area-area').nth(1).waitFor()
    return {
      charts: await regionOf(page, 'Charts').getByRole('figure').count(),
      drawn: await regionOf(page, 'Charts')
        .locator('figure:has(.recharts-pie-sector, .recharts-bar-rectangle)')
        .count(),
    }
  }
  expect(await seen()).toEqual({ charts: 6, drawn: 6 })
  await page.getByRole('button', { name: 'Show the numbers of “What becomes of the money”' }).click()
  await page.getByRole('table', { name: 'Balance by age and percentile' }).getByText('95', { exact: true }).waitFor()
  await page.reload()
  expect(await seen()).toEqual({ charts: 6, drawn: 6 })
  await page.goto(`${product.page}?task=${id}`)
  expect(await seen()).toEqual({ charts: 6, drawn: 6 })

  await page.emulateMedia({ media: 'print' })
  await ada.history.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Analyse again' }).waitFor({ state: 'hidden' })
  expect(await regionOf(page, 'Charts').isVisible()).toBe(true)

  const eve = await asNewcomer('eve@example.test')
  await eve.page.getByRole('link', { name: 'Portfolio', exact: true }).click()
  await eve.page.getByText('There are no accounts yet').waitFor()
  await eve.page.goto(`${product.page}?page=portfolio&task=${id}`)
  await eve.page.getByRole('heading', { name: 'There is no such task here' }).waitFor()
})

test('an analysis that is cancelled keeps what is finished, and is made anew as a task of its own', async () => {
  const ada = await asAda()
  const { page } = ada
  await page.getByRole('link', { name: 'Portfolio', exact: true }).click()
  await page.getByRole('textbox', { name: 'What should the analysis look at?' }).fill(HELD_UP)
  await page.getByRole('button', { name: 'Try another plan' }).click()
  await page.getByRole('textbox', { name: 'Retire at' }).fill('62')
  const id = await analyse(page)
  await regionOf(page, 'Retirement').getByText('Sustainable income').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await ada.status.filter({ hasText: 'Cancelled' }).waitFor()
  await laneOf(page, 'Reporter').getByText('Stopped').waitFor()
  await page.getByText('from 62 on').waitFor()
  expect(await regionOf(page, 'Report').count()).toBe(0)

  await page.getByRole('button', { name: 'Analyse again' }).click()
  await page.waitForURL(url => url.searchParams.get('task') !== id)
  await laneOf(page, 'Reporter').locator('xpath=self::*[@data-state="working"]').waitFor()
  const asked = await product.stack.sql`select request_payload, enterprise_id from public.agent_task_requests
    where id in (${id}, ${taskIn(page)})`
  const request = { prompt: HELD_UP, options: { retirementAge: 62 } }
  expect(asked).toEqual(Array.from({ length: 2 }, () => ({ request_payload: request, enterprise_id: null })))
  await page.getByRole('link', { name: 'Portfolio', exact: true }).first().click()
  const list = regionOf(page, 'Analyses so far').getByRole('button')
  await list.filter({ hasText: HELD_UP }).nth(1).filter({ hasText: 'Cancelled' }).waitFor()
})
