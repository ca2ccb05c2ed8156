import { useNow } from '../../hooks/use-now.ts'
import { duration } from '../../words/time-words.ts'

type Props = { task: { status: string; started_at: string | null; finished_at: string | null } }

/** How long a task ran, or has been running. */
export function TookTime({ task: { status, started_at, finished_at } }: Props) {
  const now = useNow(status === 'processing' ? 1_000 : null)
  if (!started_at) return '–'
  if (finished_at) return duration(Date.parse(finished_at) - Date.parse(started_at))
  return status === 'processing' ? duration(Math.max(1_000, now - Date.parse(started_at))) : '–'
}
