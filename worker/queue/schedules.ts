import { readSchedule, ScheduleError } from '../../shared/schedules.ts'
import { DatabaseError, type Db, type Returns } from '../db.ts'
import type { Telemetry } from '../telemetry.ts'

const DUE_LIMIT = 500
const BACKFILL_LIMIT = 100
/** A tick that is found later than this was missed: workers look far more often, and restart far faster. */
const MISSED_AFTER_MS = 5 * 60_000

type Schedule = Returns<'due_schedules'>[number]
/** What one look at a schedule comes to: `ticks` get their tasks, all up to `to` is dealt with, and `next` comes next. */
type Plan = { ticks: Date[]; to: Date; next: Date }

/**
 * One round: makes a task of each tick that is due. Any number of workers may do so at the same time; each tick makes one
 * task. A schedule that cannot be read is paused, and what fails in any other way is left for the next round.
 *
 * @returns how many tasks it made.
 * @throws DatabaseError when no answer comes: the other schedules would wait in vain, too.
 */
export async function enqueueDue({ db, telemetry }: { db: Db; telemetry: Telemetry }): Promise<number> {
  let made = 0
  for (const schedule of await db.call('due_schedules', { p_limit: DUE_LIMIT })) {
    try {
      const tasks = await enqueue(db, schedule, telemetry)
      telemetry.scheduleTicked(schedule.id, tasks)
      made += tasks
    } catch (error) {
      if (error instanceof DatabaseError && error.code === undefined) throw error
      telemetry.databaseFailed('schedule', error)
    }
  }
  return made
}

async function enqueue(db: Db, schedule: Schedule, telemetry: Telemetry): Promise<number> {
  const seen = { p_schedule: schedule.id, p_version: schedule.version }
  try {
    const { ticks, to, next } = planOf(schedule)
    const [p_ticks, p_to, p_next] = [ticks.map(tick => tick.toISOString()), to.toISOString(), next.toISOString()]
    return await db.call('tick_schedule', { ...seen, p_ticks, p_to, p_next })
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error
    await db.call('refuse_schedule', { ...seen, p_code: error.code, p_message: error.message })
    telemetry.scheduleRefused(schedule.id, error.code)
    return 0
  }
}

/** @throws ScheduleError */
function planOf(schedule: Schedule): Plan {
  const cron = readSchedule(schedule)
  const [from, now] = [new Date(schedule.ticked_to), new Date(schedule.now)]
  // A clock that was put back may stand before what has been dealt with; nothing is then due.
  const to = new Date(Math.max(from.getTime(), now.getTime()))
  const next = cron.nextRun(to)
  if (!next) throw new ScheduleError('invalid_cron', `"${schedule.cron}" names no moment that ever comes: change it.`)

  if (schedule.backfill === 'all') {
    const due = cron.nextRuns(BACKFILL_LIMIT + 1, from).filter(tick => tick <= now)
    const [ticks, [more]] = [due.slice(0, BACKFILL_LIMIT), due.slice(BACKFILL_LIMIT)]
    return more ? { ticks, to: ticks.at(-1) ?? from, next: more } : { ticks, to, next }
  }
  // `previousRuns` are those before a moment, and a tick at this very moment is due.
  const due = cron.previousRuns(1, new Date(now.getTime() + 1)).filter(tick => tick > from)
  const isMissed = (tick: Date) => now.getTime() - tick.getTime() > MISSED_AFTER_MS
  return { ticks: schedule.backfill === 'skip' ? due.filter(tick => !isMissed(tick)) : due, to, next }
}
