import { useNow } from '../hooks/use-now.ts'
import { exactTime, timeAgo } from '../words/time-words.ts'

/** How long ago a moment was, or is to come; exactly, to who points at it. */
export function When({ at }: { at: string }) {
  const now = useNow(30_000)
  return (
    <time dateTime={at} title={exactTime(at)} style={{ whiteSpace: 'nowrap' }}>
      {timeAgo(at, now)}
    </time>
  )
}
