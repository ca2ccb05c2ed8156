import { beforeEach, describe, expect, it } from 'vitest'
import { analysis } from '../../../shared/portfolio.ts'
import type { Outcome } from '../../../worker/task.ts'
import { addEnterprise } from '../../sql/arrange.ts'
import { perform, roomWithBrain, stepsOf, take } from '../agents/arrange.ts'
import { type Row, setScene } from '../arrange.ts'
import { addInstruments, addInvestor } from './portfolio.ts'

const scene = await setScene()
const { sql } = scene
const KIND = 'portfolio-analysis'

beforeEach(async () => {
  await sql`delete from public.portfolio_accounts`
  await sql`delete from public.portfolio_preferences`
  await sql`delete from public.portfolio_instruments`
  await sql`delete from public.market_insights`
  await sql`delete from auth.users`
  await addInstruments(sql)
})

const responseOf = (outcome: Outcome) => analysis.parse((outcome as { response?: unknown }).response)

async function analyse(user: string | null, payload: object = {}, values: Row = {}) {
  const room = await roomWithBrain(scene)
  const held = await take(scene, room, payload as never, { kind: KIND, user_id: user, ...values })
  const outcome = await perform(room, held).catch((error: unknown) => error as Error)
  return { room, held, outcome }
}

describe('an analysis', () => {
  it('writes the field of each specialist and ends with a summary', async () => {
    const user = await addInvestor(sql, 'one@x.test', { Depot: { WRLD: 60, BOND: 80 } }, { cash: 1_000 })
    const { outcome, held } = await analyse(user)
    const { report_payload, charts_payload, retirement_payload, summary_payload } = responseOf(outcome as Outcome)
    expect(report_payload?.markdown).toMatch(/11,000 USD.*54\.5 %/)
    expect(report_payload?.markdown).toContain('Equity markets are dear')
    expect(charts_payload?.length).toBeGreaterThanOrEqual(4)
    expect(charts_payload?.map(({ position }) => position)).toEqual(charts_payload?.map((_, index) => index + 1))
    expect(retirement_payload?.projection.ages.at(-1)).toBe(95)
    expect(summary_payload.summary).toContain('11,000')
    const [row] = await sql`select report_payload, charts_payload, retirement_payload, summary_payload
      from public.portfolio_analyses where task_id = ${held.task.id}`
    expect(row).toEqual((outcome as { response: unknown }).response)
  })
})

void addEnterprise
void stepsOf
