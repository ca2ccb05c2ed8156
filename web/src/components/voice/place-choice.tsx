import { NativeSelect, Stack } from '@mantine/core'
import { useScenarios } from '../../hooks/scenarios/use-scenarios.ts'
import type { useEnterprises } from '../../hooks/use-enterprises.ts'
import { EnterpriseSelect } from '../enterprise-select.tsx'

/** With whom a call is to be held, and for which enterprise. */
export type Place = {
  tenants: ReturnType<typeof useEnterprises>
  /** Null: who fits the page. */
  scenarioId: string | null
  choose: (scenarioId: string | null) => void
}

/** Where that is chosen, before a call. */
export function PlaceChoice({ tenants, scenarioId, choose }: Place) {
  const all = useScenarios().data ?? []
  const isMine = (id: string | null) => id === null || tenants.enterprises.some(each => each.id === id)
  const usable = all.filter(({ is_enabled, enterprise_id }) => is_enabled && isMine(enterprise_id))
  return (
    <Stack gap="xs" w={240}>
      {tenants.enterprises.length > 1 && <EnterpriseSelect {...tenants} />}
      <NativeSelect
        aria-label="Talk with"
        value={scenarioId ?? ''}
        onChange={({ currentTarget }) => choose(currentTarget.value || null)}
        data={[
          { value: '', label: 'Whoever fits this page' },
          ...usable.map(({ id, title }) => ({ value: id, label: title })),
        ]}
      />
    </Stack>
  )
}
