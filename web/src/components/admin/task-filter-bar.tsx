import { ActionIcon, Group, Select, Tooltip } from '@mantine/core'
import { kinds } from '../../../../shared/kinds.ts'
import type { FilterName } from '../../hooks/admin/use-task-filters.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import type { Rights } from '../../hooks/use-rights.ts'
import { IconClose } from '../../icons.ts'
import { statusName } from '../../words/status-words.ts'
import { IdFilter } from './id-filter.tsx'
import { KindFilter } from './kind-filter.tsx'

type Texts = Partial<Record<FilterName, string>>
type Props = { rights: Rights; texts: Texts; change: (changes: Partial<Record<FilterName, string | null>>) => void }

const names: FilterName[] = ['status', 'kind', 'enterprise', 'user', 'id', 'correlation', 'hours']
const hours = [
  { value: '1', label: 'Last hour' },
  { value: '24', label: 'Last 24 hours' },
  { value: '168', label: 'Last 7 days' },
  { value: '720', label: 'Last 30 days' },
]

/** What to show of all tasks; the address keeps it. */
export function TaskFilterBar({ rights, texts, change }: Props) {
  const enterprises = useEnterpriseNames()
  const seen = [...enterprises].filter(([id]) => rights.isPlatformAdmin || rights.adminOf.includes(id))
  const isFiltered = names.some(name => texts[name])
  return (
    <Group component="search" aria-label="Filters" gap="xs" className="filters" align="flex-end">
      <Select
        {...look}
        label="Status"
        placeholder="Any"
        data={Object.entries(statusName).map(([value, label]) => ({ value, label }))}
        value={texts.status ?? null}
        onChange={status => change({ status })}
      />
      <KindFilter known={Object.keys(kinds)} value={texts.kind ?? ''} change={kind => change({ kind })} />
      {seen.length > 1 && (
        <Select
          {...look}
          label="Enterprise"
          placeholder="Any"
          searchable
          data={seen.map(([value, label]) => ({ value, label }))}
          value={texts.enterprise ?? null}
          onChange={enterprise => change({ enterprise })}
        />
      )}
      <Select
        {...look}
        label="Submitted"
        placeholder="At any time"
        data={hours}
        value={texts.hours ?? null}
        onChange={value => change({ hours: value })}
      />
      <IdFilter label="User id" value={texts.user ?? ''} change={user => change({ user })} />
      <IdFilter label="Task id" value={texts.id ?? ''} change={id => change({ id })} />
      <IdFilter
        kind="word"
        label="Correlation id"
        value={texts.correlation ?? ''}
        change={correlation => change({ correlation })}
      />
      <Tooltip label="Clear the filters">
        <ActionIcon
          size={36}
          variant="default"
          className="filter-clear"
          aria-label="Clear the filters"
          disabled={!isFiltered}
          onClick={() => change(Object.fromEntries(names.map(name => [name, null])))}
        >
          <IconClose size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}

const look = { size: 'sm', clearable: true } as const
