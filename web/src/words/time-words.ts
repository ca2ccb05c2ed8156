const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric', month: 'short' })
const date = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** How long ago a moment was, roughly: "5 min. ago". */
export function timeAgo(moment: string, now: number): string {
  const ms = Date.parse(moment) - now
  const unit = units.find(([, length]) => Math.abs(ms) >= length)
  return unit ? relative.format(Math.round(ms / unit[1]), unit[0]) : 'just now'
}

/** The time of day: "12:03". */
export function clockTime(moment: string): string {
  return clock.format(new Date(moment))
}

/** The time of day, and the day too unless it is today: "12:03", "Mon, Nov 23, 12:03". */
export function moment(at: string, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString()
  return isToday ? clockTime(at) : `${day.format(new Date(at))}, ${clockTime(at)}`
}

/** The time of day to the second, and the day too unless it is today: "12:03:07", "Mon, Nov 23, 12:03:07". */
export function momentToTheSecond(at: string, now: number): string {
  const seconds = new Date(at).getSeconds().toString().padStart(2, '0')
  return `${moment(at, now)}:${seconds}`
}

/** A moment to the second: "Nov 21, 2026, 12:03:07". */
export function exactTime(at: string): string {
  return exact.format(new Date(at))
}

/** A day of the calendar, whatever the time zone: "April 1, 2023". */
export function dayName(day: string): string {
  return date.format(new Date(`${day}T00:00:00Z`))
}

/** A span of time: "0.8 s", "12 s", "3 min 5 s", "2 h 5 min", "3 days". */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 1_440)} days`
}
