import { SimpleGrid, Skeleton, Stack } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useQueueOverview } from '../../hooks/admin/use-queue-overview.ts'
import { ErrorNote } from '../error-note.tsx'
import { AlarmNote } from './alarm-note.tsx'
import { CountTiles } from './count-tiles.tsx'
import { DepthTable } from './depth-table.tsx'

// Charts weigh more than all the rest of the page.
const Charts = lazy(() => import('./charts.tsx').then(({ Charts }) => ({ default: Charts })))

/** How the queue is doing, at a glance. */
export function OverviewTab() {
  const { data, error } = useQueueOverview()
  if (!data && error) return <ErrorNote error={error} title="The queue cannot be read" />
  return (
    <Stack gap="xl">
      <AlarmNote overview={data} />
      <CountTiles overview={data} />
      <Suspense
        fallback={
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Skeleton h={330} />
            <Skeleton h={330} />
          </SimpleGrid>
        }
      >
        <Charts />
      </Suspense>
      <DepthTable depth={data?.depth} />
    </Stack>
  )
}
