import { Text } from '@mantine/core'
import { z } from 'zod'
import { useNow } from '../../hooks/use-now.ts'
import type { Schedule } from '../../hooks/use-schedules.ts'
import { moment } from '../../words/time-words.ts'

const fault = z.object({ code: z.string(), message: z.string() })

/** When a schedule runs next, or why it does not. */
export function ScheduleState({ schedule: { paused_at, next_at, error } }: { schedule: Schedule }) {
  const now = useNow(30_000)
  const { data: problem } = fault.safeParse(error)
  return (
    <>
      <Text size="sm" className="tabular">
        {paused_at ? `Paused since ${moment(paused_at, now)}` : next_at ? moment(next_at, now) : 'In a moment'}
      </Text>
      {problem && (
        <Text size="xs" c="red" style={{ overflowWrap: 'anywhere' }}>
          {problem.message}
        </Text>
      )}
    </>
  )
}
