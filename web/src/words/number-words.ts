const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

/** A count: "12,345". */
export function count(value: number): string {
  return whole.format(value)
}

// The database counts what waits in a lane up to here.
const mostCounted = 10_000

/** A count of open tasks, which above a point is the least that there are: "9,999", "10,000+". */
export function countOpen(tasks: number): string {
  return tasks < mostCounted ? count(tasks) : `${count(tasks)}+`
}

/** A count with its noun, of which `plural` is the form for all but one: "1 task", "2 tasks". */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`
}

/** A number with one decimal at most: "2.5". */
export function rounded(value: number): string {
  return short.format(value)
}

/** The first part of an id, enough to tell one from another on a screen. */
export function shortId(id: string): string {
  return id.slice(0, 8)
}
