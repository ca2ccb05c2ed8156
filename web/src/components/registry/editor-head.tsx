import { Badge, Group, SegmentedControl, Text, Title } from '@mantine/core'
import type { Scenario } from '../../../../shared/client/scenario-rows.ts'
import { tabAddress } from '../../hooks/admin/use-admin-tab.ts'
import { AddressLink } from '../address-link.tsx'

const sides = { graph: 'Handoffs', history: 'History', try: 'Try it' } as const

/** What is shown beside the form. */
export type Side = keyof typeof sides

type Props = { scenario: Scenario; isDirty: boolean; side: Side; show: (side: Side) => void }

/** Which scenario it is and how it stands; and what to show beside it. */
export function EditorHead({ scenario: { id, title, version, is_enabled }, isDirty, side, show }: Props) {
  return (
    <Group justify="space-between" gap="sm" mb="md">
      <div>
        <Text size="sm">
          <AddressLink to={tabAddress('scenarios')}>All scenarios</AddressLink>
        </Text>
        <Group gap="xs">
          <Title order={2} fz="lg">
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {id} · version {version}
          </Text>
          {!is_enabled && (
            <Badge variant="default" tt="none">
              switched off
            </Badge>
          )}
          {isDirty && (
            <Badge variant="default" tt="none">
              not saved
            </Badge>
          )}
        </Group>
      </div>
      <SegmentedControl
        size="xs"
        aria-label="Beside the form"
        data={Object.entries(sides).map(([value, label]) => ({ value, label }))}
        value={side}
        onChange={value => show(value as Side)}
      />
    </Group>
  )
}
