import { readSchedule, ScheduleError } from '../../../shared/schedules.ts'

/** What becomes of runs that were missed. */
export const backfillNames = {
  latest: 'Make up for the last one',
  all: 'Make up for each one',
  skip: 'Leave them out',
} as const

/** Common times, in cron's five fields. */
export const commonTimes = [
  { value: '0 9 * * *', label: 'Every day at 9:00' },
  { value: '0 9 * * 1-5', label: 'Monday to Friday at 9:00' },
  { value: '0 9 * * 1', label: 'Every Monday at 9:00' },
  { value: '0 9 1 * *', label: 'On the first of each month at 9:00' },
  { value: '0 * * * *', label: 'Every hour' },
  { value: '*/15 * * * *', label: 'Every 15 minutes' },
]

/** Names what the fields mean, where they are common: "Every hour"; else the fields themselves. */
export function cronName(cron: string): string {
  return commonTimes.find(({ value }) => value === cron)?.label ?? cron
}

/** The next moments that a schedule names, in words and in its time zone; or why there are none. */
export type Preview = { runs: string[] } | { problem: string }

const shown = 5

/** Works out when a schedule would make its next five tasks. */
export function previewOf(schedule: { cron: string; time_zone: string }): Preview {
  try {
    const runs = readSchedule(schedule).nextRuns(shown)
    if (runs.length === 0) return { problem: 'These fields name no moment that ever comes.' }
    return { runs: runs.map(run => runTime(run, schedule.time_zone)) }
  } catch (error) {
    if (error instanceof ScheduleError) return { problem: error.message }
    throw error
  }
}

// "Mon, Nov 23, 2026, 09:00 GMT+1".
function runTime(run: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en', {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
    timeZoneName: 'short',
  }).format(run)
}

/** The fields as the database takes them: one space between each. */
export function tidyCron(cron: string): string {
  return cron.trim().replaceAll(/\s+/g, ' ')
}
