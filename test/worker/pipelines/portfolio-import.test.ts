import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { addUser } from '../../support/roles.ts'
import { setScene } from '../arrange.ts'

const { sql, url } = await setScene()
const folder = await mkdtemp(join(tmpdir(), 'liverow-import-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
await addUser(sql, 'ada@acme.test')

/** Runs the command as npm does. */
async function importFile(text: string, user = 'ada@acme.test') {
  const file = join(folder, 'positions.csv')
  await writeFile(file, text)
  const env = {
    SUPABASE_URL: 'http://127.0.0.1:9',
    SUPABASE_SERVICE_KEY: 'sb_secret_0123456789abcdef',
    OPENAI_API_KEY: 'unused',
    DATABASE_URL: url,
  }
  const args = ['worker/pipelines/portfolio-analysis/import.ts', file, '--user', user]
  return promisify(execFile)(process.execPath, args, { env }).catch((error: { code: number; stderr: string }) => error)
}

it('a file is imported, and whatever is unknown in it named', async () => {
  const result = await importFile('account,symbol,quantity,price\nDepot,NEW,2.5,10\nDepot,CASH,99.5,\n')
  expect(result).toMatchObject({
    stdout: 'Imported 1 positions in 1 accounts.\nThe next analysis classifies: NEW.\n',
  })
  const [row] = await sql`select a.name, a.cash::float, p.quantity::float, i.price::float, i.price_source
    from public.portfolio_accounts a join public.portfolio_positions p on p.account_id = a.id
    join public.portfolio_instruments i on i.symbol = p.symbol`
  expect(row).toEqual({ name: 'Depot', cash: 99.5, quantity: 2.5, price: 10, price_source: 'import' })
})

it.each([
  [
    'with a wrong line',
    'account,symbol,quantity\nDepot,GOOD,1\nDepot,BAD,none\n',
    undefined,
    /^line 3: The quantity "none"/,
  ],
  [
    'for somebody who is not there',
    'account,symbol,quantity\nDepot,GOOD,1\n',
    'nobody@acme.test',
    /There is no user nobody@acme.test/,
  ],
])('a file %s changes nothing', async (_what, text, user, words) => {
  expect(await importFile(text, user)).toMatchObject({ code: 1, stderr: expect.stringMatching(words) })
  expect(await sql`select from public.portfolio_instruments where symbol = 'GOOD'`).toEqual([])
})
