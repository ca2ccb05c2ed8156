import { Cron } from 'croner'

/** Why a schedule names no ticks. `code` is for programs, the message for whoever made the schedule. */
export class ScheduleError extends Error {
  override name = 'ScheduleError'
  readonly code: 'invalid_cron' | 'invalid_time_zone'

  constructor(code: ScheduleError['code'], message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/**
 * Reads a schedule: `nextRuns` of what it gives are its ticks, none of them when it names no moment that ever comes.
 * Worker and browser read alike.
 *
 * When clocks are put forward, a time of day that is left out comes at the first moment after the gap; when they are put
 * back, one that comes twice counts once. With "*" or a step in minute or hour it is an interval instead: it has no
 * tick in a gap, and one in each of two equal hours.
 *
 * @throws ScheduleError when it cannot be read.
 */
export function readSchedule({ cron, time_zone }: { cron: string; time_zone: string }): Cron {
  assertTimeZone(time_zone)
  try {
    return new Cron(cron, { timezone: time_zone, mode: '5-part', fixedTimeRule: 'no-wildcard' })
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^CronPattern: /, '').replace(/\.$/, '')
    const remedy = 'Write five fields: minute, hour, day of month, month, day of week.'
    throw new ScheduleError('invalid_cron', `"${cron}" cannot be read: ${reason}. ${remedy}`, cause)
  }
}

function assertTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch (cause) {
    const remedy = 'Take a name of the IANA database, such as "Europe/Berlin".'
    throw new ScheduleError('invalid_time_zone', `There is no time zone "${timeZone}". ${remedy}`, cause)
  }
}
