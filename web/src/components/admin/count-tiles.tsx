import { SimpleGrid } from '@mantine/core'
import { tabAddress } from '../../hooks/admin/use-admin-tab.ts'
import type { QueueOverview } from '../../hooks/admin/use-queue-overview.ts'
import { count, counted, countOpen } from '../../words/number-words.ts'
import { tasksIn } from '../../words/queue-words.ts'
import { duration } from '../../words/time-words.ts'
import { CountTile } from './count-tile.tsx'

/** The counts that matter most, live. */
export function CountTiles({ overview }: { overview: QueueOverview | undefined }) {
  const oldest = overview?.oldest_pending_seconds
  const dead = overview?.dead_letters.reduce((total, { tasks }) => total + tasks, 0)
  const inState = (status: Parameters<typeof tasksIn>[1]) => overview && countOpen(tasksIn(overview, status))
  const tasks = (status: string) => tabAddress('tasks', { status })
  return (
    <SimpleGrid component="ul" cols={{ base: 2, xs: 3, lg: 6 }} spacing="sm" className="plain-list" aria-label="Counts">
      <CountTile label="Waiting" value={inState('pending')} to={tasks('pending')}>
        {overview && (oldest != null ? `oldest ${duration(oldest * 1000)}` : 'none waits')}
      </CountTile>
      <CountTile label="Working" value={inState('processing')} to={tasks('processing')}>
        {overview && `on ${counted(overview.workers.length, 'worker')}`}
      </CountTile>
      <CountTile label="Scheduled" value={inState('scheduled')} to={tasks('scheduled')}>
        later, or tried again
      </CountTile>
      <CountTile label="Parked" value={inState('waiting')} to={tasks('waiting')}>
        for people or other tasks
      </CountTile>
      <CountTile
        label="Stuck"
        value={overview && count(overview.stuck)}
        isBad={overview !== undefined && overview.stuck > 0}
      >
        on a silent worker
      </CountTile>
      <CountTile
        label="Dead letters"
        value={dead === undefined ? undefined : count(dead)}
        to={tabAddress('dead-letters')}
      >
        failed for good
      </CountTile>
    </SimpleGrid>
  )
}
