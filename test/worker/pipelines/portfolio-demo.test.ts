import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { analysis } from '../../../shared/portfolio.ts'
import type { Outcome } from '../../../worker/task.ts'
import { addUser } from '../../support/roles.ts'
import { perform, roomWithBrain, take } from '../agents/arrange.ts'
import { setScene } from '../arrange.ts'

const scene = await setScene()
const { sql } = scene

it('the demo’s portfolios are seeded once, and Ada’s can be analysed', async () => {
  const seed = await readFile(new URL('../../../supabase/seed.sql', import.meta.url), 'utf8')
  const ada = await addUser(sql, 'ada@acme.test')
  await addUser(sql, 'bob@acme.test')
  await sql.unsafe(seed)
  await sql.unsafe(seed)
  expect(
    await sql`select a.name, count(p)::integer as positions from public.portfolio_accounts a
    join public.portfolio_positions p on p.account_id = a.id group by a.id order by 1`,
  ).toEqual([
    { name: 'Broker depot', positions: 4 },
    { name: 'Company pension', positions: 3 },
    { name: 'Depot', positions: 3 },
    { name: 'Savings plan', positions: 4 },
  ])

  const room = await roomWithBrain(scene)
  const outcome = await perform(room, await take(scene, room, {}, { kind: 'portfolio-analysis', user_id: ada }))
  const { report_payload, retirement_payload, charts_payload, summary_payload } = analysis.parse(
    (outcome as Outcome & { response: unknown }).response,
  )
  expect(report_payload?.markdown).toMatch(/Technology.*Demo research desk/s)
  expect(charts_payload).toHaveLength(6)
  expect(retirement_payload?.projection.successRate).toBeGreaterThan(0)
  expect(summary_payload.highlights).toEqual([
    'The largest holding is World Equity ETF, at 29.8 % of everything.',
    '68.1 % of the investments are in North America.',
    expect.stringMatching(/^There are 6 charts/),
    expect.stringMatching(/^You want 32,000 a year; [\d,]+ would last in nine cases of ten\.$/),
  ])
})
