/** A row of `agent_task_throughput`. */
export type ThroughputRow = {
  at: string
  status: string
  tasks: number
  wait_seconds: number
  run_seconds: number
}

/** A stretch of time in a chart: how attempts ended, and how long on average they had waited and run, in seconds. */
export type ThroughputBin = {
  /** When it begins, in milliseconds. */
  at: number
  completed: number
  failed: number
  cancelled: number
  /** Attempts that failed and are tried again, or were told to come back. */
  retried: number
  /** Null where nothing ended. */
  wait: number | null
  run: number | null
}

/** The stretches of time that can be looked at: their length and that of a bin in minutes, and how often to look. */
export const spans = {
  '1h': { minutes: 60, binMinutes: 1, everyMs: 5_000 },
  '6h': { minutes: 360, binMinutes: 5, everyMs: 30_000 },
  '24h': { minutes: 1_440, binMinutes: 20, everyMs: 60_000 },
} as const

/** A stretch of time that can be looked at. */
export type Span = keyof typeof spans

const ends = ['completed', 'failed', 'cancelled']

/** Sums rows up into the bins of a span that ends at `now`, empty ones included. */
export function binsOf(rows: readonly ThroughputRow[], span: Span, now: number): ThroughputBin[] {
  const { minutes, binMinutes } = spans[span]
  const binMs = binMinutes * 60_000
  const last = Math.floor(now / binMs) * binMs
  const starts = Array.from({ length: minutes / binMinutes }, (_, index, count = minutes / binMinutes) => {
    return last - (count - 1 - index) * binMs
  })
  const byBin = Map.groupBy(rows, row => Math.floor(Date.parse(row.at) / binMs) * binMs)
  return starts.map(at => binOf(at, byBin.get(at) ?? []))
}

function binOf(at: number, rows: readonly ThroughputRow[]): ThroughputBin {
  const tasks = (status: string) => sum(rows.filter(row => row.status === status).map(row => row.tasks))
  const ended = rows.filter(({ status }) => ends.includes(status))
  const endedTasks = sum(ended.map(row => row.tasks))
  const mean = (seconds: number[]) => (endedTasks === 0 ? null : sum(seconds) / endedTasks)
  return {
    at,
    completed: tasks('completed'),
    failed: tasks('failed'),
    cancelled: tasks('cancelled'),
    retried: tasks('scheduled'),
    wait: mean(ended.map(row => row.wait_seconds)),
    run: mean(ended.map(row => row.run_seconds)),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
