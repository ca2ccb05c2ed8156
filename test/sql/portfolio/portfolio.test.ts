import { beforeEach, describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, setScene, submitAndClaim, user } from '../arrange.ts'
import { only } from '../only.ts'
import { type Held, runTool } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const KIND = 'portfolio-analysis'
const ofOwner = { kind: KIND, user_id: people.owner }
const ofStranger = { kind: KIND, user_id: people.stranger }

beforeEach(async () => {
  await sql`delete from public.portfolio_accounts`
  await sql`delete from public.portfolio_preferences`
  await sql`delete from public.portfolio_instruments`
  await sql`insert into public.portfolio_instruments (symbol, name) values ('NEW', 'New'), ('ELSE', 'Else')`
  await addAccount(people.owner, 'Mine', 'NEW')
  await addAccount(people.stranger, 'Theirs', 'ELSE')
  await sql`insert into public.portfolio_preferences (user_id, birth_year, annual_income)
    select id, 1980, 1000 from unnest(${[people.owner, people.stranger]}::uuid[]) id`
})

async function addAccount(owner: string, name: string, symbol: string): Promise<void> {
  const [row] = await sql`insert into public.portfolio_accounts (user_id, name) values (${owner}, ${name}) returning id`
  await sql`insert into public.portfolio_positions (account_id, symbol, quantity) values (${only(row).id}, ${symbol}, 1)`
}

const output = async (held: Held, name: string, input = {}) =>
  (await runTool(worker, held, { name, key: crypto.randomUUID(), input })).output

const TABLES = ['portfolio_accounts', 'portfolio_positions', 'portfolio_preferences', 'portfolio_analyses']
const NOT_YOURS = { error: 'This is no analysis of yours that is under way.' }

describe('a portfolio', () => {
  test.each(TABLES)('in %s is seen by its owner alone', async table => {
    await output(await submitAndClaim(scene, ofOwner), 'begin_analysis')
    const seen = (caller: Parameters<typeof as>[1]) => as(sql, caller, tx => tx.unsafe(`select from public.${table}`))
    expect(await seen(user(people.owner))).toHaveLength(1)
    for (const other of [people.colleague, people.admin, people.platformAdmin])
      expect(await seen(user(other))).toHaveLength(0)
    expect(await seen(user(people.stranger))).toHaveLength(table === 'portfolio_analyses' ? 0 : 1)
    await expect(seen({ role: 'anon' })).rejects.toMatchObject({ code: '42501' })
  })

  test.each([...TABLES, 'portfolio_instruments', 'market_insights'])('in %s is not for users to write', async table => {
    for (const statement of [`delete from public.${table}`, `insert into public.${table} default values`]) {
      await expect(as(sql, user(people.owner), tx => tx.unsafe(statement))).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('is loaded for the user of the task, and for no other', async () => {
    const mine = JSON.stringify(await output(await submitAndClaim(scene, ofOwner), 'load_portfolio'))
    expect(mine).toContain('Mine')
    expect(mine).not.toMatch(/Theirs|ELSE/)
  })

  test('is not loaded in a task of an enterprise, whose admins would read it', async () => {
    const held = await submitAndClaim(scene, { ...ofOwner, enterprise_id: people.acme })
    expect(await output(held, 'load_portfolio')).toBeNull()
    expect(await output(held, 'begin_analysis')).toEqual(NOT_YOURS)
  })

  test('is not loaded for another kind of task, nor for a task of nobody', async () => {
    expect(await output(await submitAndClaim(scene, { user_id: people.owner }), 'load_portfolio')).toBeNull()
    expect(await output(await submitAndClaim(scene, { kind: KIND }), 'load_portfolio')).toBeNull()
  })

  test('of another is not found by who knows the id of its task', async () => {
    const theirs = await submitAndClaim(scene, ofStranger)
    await output(theirs, 'begin_analysis')
    for (const call of [`load_portfolio('${theirs.task}', '{}')`, `read_analysis('${theirs.task}', '{}')`]) {
      const [row] = await as(sql, user(people.owner), tx => tx.unsafe(`select agent_tools.${call} as found`))
      expect(row).toEqual({ found: null })
    }
    for (const name of ['begin_analysis', 'keep_payload', 'create_chart', 'finalize_job', 'tag_instruments']) {
      const forged = as(sql, user(people.owner), tx => tx.unsafe(`select agent_tools.${name}('${theirs.task}', '{}')`))
      await expect(forged, name).rejects.toMatchObject({ code: '42501' })
    }
  })
})

describe('an allocation', () => {
  test.each([
    ['{"equity": 60, "bonds": 40}', true],
    ['{"equity": 33.33, "bonds": 33.33, "cash": 33.34}', true],
    ['{"equity": 60}', false],
    ['{"equity": 160, "bonds": -60}', false],
    ['{"equity": "100"}', false],
    ['{"Equity!": 100}', false],
    ['{}', false],
    ['[100]', false],
    ['100', false],
    ['null', false],
  ])('%s: %s', async (allocation, isWhole) => {
    const write = sql`update public.portfolio_instruments set asset_classes = ${allocation}::text::jsonb,
      regions = '{"other": 100}', sectors = '{"other": 100}' where symbol = 'NEW'`
    const result = await write.then(
      () => true,
      (error: { constraint_name: string }) => error.constraint_name,
    )
    expect(result).toBe(isWhole || 'asset_classes_sum_to_100')
  })

  test('has all of its groups or none', async () => {
    const half = sql`update public.portfolio_instruments set regions = '{"other": 100}' where symbol = 'NEW'`
    await expect(half).rejects.toMatchObject({ constraint_name: 'allocations_are_whole' })
  })
})

describe('tagging', () => {
  const tag = (symbol: string, more = {}) => ({
    instruments: [
      { symbol, assetClasses: { equity: 100 }, regions: { other: 100 }, sectors: { other: 100 }, price: 7, ...more },
    ],
  })

  test('fills in what is unknown, and estimates the price only where there is none', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    expect(await output(held, 'tag_instruments', tag('NEW'))).toEqual(['NEW'])
    const [row] =
      await sql`select price::float, price_source, asset_classes from public.portfolio_instruments where symbol = 'NEW'`
    expect(row).toEqual({ price: 7, price_source: 'estimate', asset_classes: { equity: 100 } })
  })

  test('changes nothing of what is classified', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await output(held, 'tag_instruments', tag('NEW'))
    expect(await output(held, 'tag_instruments', tag('NEW', { assetClasses: { cash: 100 }, price: 1 }))).toEqual([])
    const [row] = await sql`select price::float, asset_classes from public.portfolio_instruments where symbol = 'NEW'`
    expect(row).toEqual({ price: 7, asset_classes: { equity: 100 } })
  })

  test('leaves alone what the user does not hold', async () => {
    expect(await output(await submitAndClaim(scene, ofOwner), 'tag_instruments', tag('ELSE'))).toEqual([])
  })

  test('does not store what does not add up', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    const refused = await output(held, 'tag_instruments', tag('NEW', { sectors: { other: 90 } }))
    expect(refused).toEqual({ error: expect.stringContaining('sectors_sum_to_100') })
  })
})

describe('what is finished', () => {
  const charts = (...positions: number[]) => positions.map(position => ({ position, title: `Chart ${position}` }))
  const ending = { summary: 'All is well.', highlights: ['One.'] }

  test('is kept by field, and charts by their positions', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await output(held, 'begin_analysis', { notes: ['Beware.'] })
    for (const chart of [...charts(3, 1, 4, 2), { position: 1, title: 'Mended' }])
      await output(held, 'create_chart', chart)
    await output(held, 'keep_payload', { field: 'report', payload: { markdown: 'R' } })
    await output(held, 'keep_payload', { field: 'retirement', payload: { markdown: 'T' } })
    await output(held, 'finalize_job', ending)
    expect(await output(held, 'read_analysis')).toEqual({
      report_payload: { markdown: 'R' },
      charts_payload: [{ position: 1, title: 'Mended' }, ...charts(2, 3, 4)],
      retirement_payload: { markdown: 'T' },
      summary_payload: { notes: ['Beware.'], ...ending },
    })
  })

  test.each([
    ['nothing is finished', [], ending, /No specialist/],
    ['there are too few charts', charts(1, 2), ending, /2 charts only/],
    ['there is no summary', charts(1, 2, 3, 4), { ...ending, summary: ' ' }, /summary of 1/],
    ['the highlights are no list', charts(1, 2, 3, 4), { ...ending, highlights: 'One' }, /list of texts/],
    ['the highlights are no texts', charts(1, 2, 3, 4), { ...ending, highlights: [1] }, /list of texts/],
  ])('is not summed up while %s', async (_what, drawn, input, words) => {
    const held = await submitAndClaim(scene, ofOwner)
    await output(held, 'begin_analysis')
    for (const chart of drawn) await output(held, 'create_chart', chart)
    expect(await output(held, 'finalize_job', input)).toEqual({ error: expect.stringMatching(words) })
  })

  test.each([0, 7, null])('does not hold a chart at position %s', async position => {
    const held = await submitAndClaim(scene, ofOwner)
    await output(held, 'begin_analysis')
    expect(await output(held, 'create_chart', { position })).toEqual({ error: expect.stringContaining('1 to 6') })
  })

  test('is emptied by a new beginning', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await output(held, 'begin_analysis')
    await output(held, 'keep_payload', { field: 'report', payload: { markdown: 'R' } })
    await output(held, 'begin_analysis')
    expect(await output(held, 'read_analysis')).toMatchObject({ report_payload: null })
  })
})

describe('an import', () => {
  const load = (email: string, rows: object[]) =>
    worker`select worker.import_portfolio(${email}, ${rows.map(row => JSON.stringify(row))}::text[]::jsonb[]) as result`

  test('replaces the accounts that it names, leaves others, and names what is not classified', async () => {
    const [row] = await load('owner@acme.test', [
      { account: 'Mine', symbol: 'NEW', quantity: 2, price: 10 },
      { account: 'Mine', symbol: 'CASH', quantity: 50 },
      { account: 'Second', symbol: 'FRESH', quantity: 1 },
    ])
    expect(row).toEqual({ result: { accounts: 2, positions: 2, unclassified: ['FRESH', 'NEW'] } })
    const accounts =
      await sql`select a.name, a.cash::float, p.symbol, p.quantity::float from public.portfolio_accounts a
      join public.portfolio_positions p on p.account_id = a.id where a.user_id = ${people.owner} order by 1`
    expect(accounts).toEqual([
      { name: 'Mine', cash: 50, symbol: 'NEW', quantity: 2 },
      { name: 'Second', cash: 0, symbol: 'FRESH', quantity: 1 },
    ])
    expect(await sql`select from public.portfolio_accounts where name = 'Theirs'`).toHaveLength(1)
  })

  test('leaves a price from the market as it is', async () => {
    await sql`update public.portfolio_instruments set price = 3, price_source = 'market' where symbol = 'NEW'`
    await load('owner@acme.test', [{ account: 'Mine', symbol: 'NEW', quantity: 2, price: 10 }])
    const [row] = await sql`select price::float from public.portfolio_instruments where symbol = 'NEW'`
    expect(row).toEqual({ price: 3 })
  })

  test('for nobody is refused', async () => {
    await expect(load('nobody@acme.test', [])).rejects.toMatchObject({ code: 'P0002' })
  })
})
