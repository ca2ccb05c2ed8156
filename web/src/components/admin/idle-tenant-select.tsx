import { Select } from '@mantine/core'
import type { QueueTenant } from '../../hooks/admin/use-queue-overview.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'

type Props = { tenants: QueueTenant[]; choose: (tenant: QueueTenant) => void }

/** Enterprises that have nothing to do at present, so that these can be limited, too. */
export function IdleTenantSelect({ tenants, choose }: Props) {
  const names = useEnterpriseNames()
  const idle = [...names].filter(([id]) => !tenants.some(({ tenant_id }) => tenant_id === id))
  if (idle.length === 0) return null
  return (
    <Select
      size="xs"
      w={200}
      aria-label="Limit another enterprise"
      placeholder="Limit another enterprise…"
      searchable
      limit={50}
      value={null}
      data={idle.map(([value, label]) => ({ value, label }))}
      onChange={id => {
        const name = id && names.get(id)
        if (name) choose({ tenant_id: id, name, weight: 1, max_running: null, at_work: 0, pending: 0 })
      }}
    />
  )
}
