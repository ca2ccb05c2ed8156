import { expect, it } from 'vitest'
import { analysis } from '../../../shared/portfolio.ts'
import { startBrain } from '../../../supabase/local/brain.ts'
import type { Outcome } from '../../../worker/task.ts'
import { openRoom, perform, take } from '../agents/arrange.ts'
import type { Scene } from '../arrange.ts'
import { startTransports } from '../transports.ts'
import { addInstruments, addInvestor } from './portfolio.ts'

const { sql, at, open } = await startTransports()

it('a portfolio is imported and analysed over supabase-js alone', async () => {
  await using ends = new AsyncDisposableStack()
  const db = open('realtime')
  const scene: Scene = {
    url: at.realtime,
    sql,
    connect: () => open('realtime'),
    atEnd: end => ends.defer(async () => void (await end())),
  }
  const brain = await startBrain({ pace: 'instant' })
  scene.atEnd(() => brain.stop())
  await addInstruments(sql)
  const user = await addInvestor(sql, 'one@x.test', {})
  const rows = [
    { account: 'Depot', symbol: 'SUNX', quantity: 50 },
    { account: 'Depot', symbol: 'CASH', quantity: 1_000 },
  ]
  expect(await db.call('import_portfolio', { p_email: 'one@x.test', p_rows: rows })).toEqual({
    accounts: 1,
    positions: 1,
    unclassified: ['SUNX'],
  })

  const room = openRoom(scene, { db, baseUrl: brain.url, apiKey: brain.key })
  const outcome = await perform(room, await take(scene, room, {}, { kind: 'portfolio-analysis', user_id: user }))
  const { report_payload, charts_payload, retirement_payload } = analysis.parse(
    (outcome as Outcome & { response: unknown }).response,
  )
  expect(report_payload?.markdown).toContain('You hold 2,000 USD')
  expect(charts_payload?.[0]).toMatchObject({ labels: ['Equity', 'Cash'], values: [50, 50] })
  expect(retirement_payload?.projection.plan.start).toBe(2_000)
})
