import { beforeEach } from 'vitest'
import { type Analysis, analysis } from '../../../shared/portfolio.ts'
import type { Script } from '../../../supabase/local/brain/script.ts'
import { startBrain } from '../../../supabase/local/brain.ts'
import type { Outcome } from '../../../worker/task.ts'
import { type Held, openRoom, perform, type Room, roomWithBrain, stepsOf, take } from '../agents/arrange.ts'
import { type Row, setScene } from '../arrange.ts'
import { addInstruments } from './portfolio.ts'

const KIND = 'portfolio-analysis'

/** What a task of this kind answered. */
export const responseOf = (result: unknown): Analysis =>
  analysis.parse((result as Outcome & { response: unknown }).response)

/** A scene with instruments and nobody who holds any, and what it takes to have portfolios analysed there. */
export async function setPortfolioScene() {
  const scene = await setScene()
  const { sql } = scene

  beforeEach(async () => {
    await sql`delete from public.portfolio_accounts`
    await sql`delete from public.portfolio_preferences`
    await sql`delete from public.portfolio_instruments`
    await sql`delete from public.market_insights`
    await sql`delete from auth.users`
    await addInstruments(sql)
  })

  /** An analysis of this user, claimed. */
  const begin = (room: Room, user: string | null, payload: object = {}, values: Row = {}) =>
    take(scene, room, payload as never, { kind: KIND, user_id: user, ...values })

  /** What it ended with, or what it threw. */
  const end = (room: Room, held: Held) => perform(room, held).catch((error: unknown) => error)

  async function analyse(user: string | null, payload: object = {}, values: Row = {}) {
    const room = await roomWithBrain(scene)
    const held = await begin(room, user, payload, values)
    return { room, held, result: await end(room, held) }
  }

  /** A room whose model follows these scripts first. */
  async function roomWithScripts(...scripts: Script[]): Promise<Room> {
    return moderatedRoom(null, ...scripts)
  }

  /** The same with a moderation, or with none. */
  async function moderatedRoom(moderation: string | null, ...scripts: Script[]): Promise<Room> {
    const brain = await startBrain({ pace: 'instant', scripts })
    scene.atEnd(() => brain.stop())
    return openRoom(scene, { baseUrl: brain.url, apiKey: brain.key, moderation })
  }

  const keptOf = async ({ task }: Held) => {
    const [row] = await sql`select report_payload, charts_payload, retirement_payload, summary_payload
      from public.portfolio_analyses where task_id = ${task.id}`
    return row
  }

  const agentsOf = async ({ task }: Held) => {
    const steps = await stepsOf(scene, task)
    return [...new Set(steps.filter(step => step.kind === 'model').map(step => String(step.agent)))].sort()
  }

  return { scene, sql, begin, end, analyse, roomWithScripts, moderatedRoom, keptOf, agentsOf }
}
