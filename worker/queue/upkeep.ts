import { z } from 'zod'
import type { Db } from '../db.ts'
import type { Telemetry } from '../telemetry.ts'
import { enqueueDue } from './schedules.ts'

/** Of each piece of upkeep in one round. */
const LIMIT = 1_000

const done = z
  .object({
    reaped: z.array(z.object({ task_id: z.string(), status: z.string(), correlation_id: z.string().nullable() })),
    expired: z.number(),
    pruned: z.number(),
    has_due_schedules: z.boolean(),
  })
  .nullable()

/**
 * What any worker does for all, every `reapSeconds`: takes the tasks of dead workers back, ends what is past its
 * deadline, makes the tasks of schedules, sums up and prunes. Of workers that come at the same time one does it.
 *
 * @returns a function that ends it.
 */
export function startUpkeep(options: { db: Db; reapSeconds: number; telemetry: Telemetry }): () => Promise<void> {
  const { db, reapSeconds, telemetry } = options
  let running: Promise<unknown> | undefined

  const round = () => upkeep(db, telemetry).catch(error => telemetry.databaseFailed('upkeep', error))
  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = undefined
    })
  }, reapSeconds * 1000)

  return async () => {
    clearInterval(timer)
    await running
  }
}

async function upkeep(db: Db, telemetry: Telemetry): Promise<void> {
  const result = done.parse(await db.call('upkeep', { p_limit: LIMIT }))
  telemetry.upkeepDone(result)
  if (result) telemetry.tasksReaped(result.reaped)
  if (result?.has_due_schedules) await enqueueDue({ db, telemetry })
}
