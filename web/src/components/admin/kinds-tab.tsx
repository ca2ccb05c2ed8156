import { Stack } from '@mantine/core'
import { useQueueOverview } from '../../hooks/admin/use-queue-overview.ts'
import { ErrorNote } from '../error-note.tsx'
import { KeepForm } from './keep-form.tsx'
import { KindTable } from './kind-table.tsx'
import { TenantTable } from './tenant-table.tsx'

/** Who gets how much: pauses and limits of kinds and tenants, and how long things are kept. */
export function KindsTab() {
  const { data, error } = useQueueOverview()
  if (!data && error) return <ErrorNote error={error} title="Kinds and tenants cannot be read" />
  return (
    <Stack gap="xl">
      <KindTable kinds={data?.kinds} />
      <TenantTable tenants={data?.tenants} />
      {data && <KeepForm settings={data.settings} />}
    </Stack>
  )
}
