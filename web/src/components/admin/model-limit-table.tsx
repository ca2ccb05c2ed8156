import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { type ModelLimit, useLimitSpending, useSpendingLimits } from '../../hooks/admin/use-spending-limits.ts'
import { IconPlus } from '../../icons.ts'
import { count } from '../../words/number-words.ts'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { Section } from '../section.tsx'
import { ModelLimitDialog } from './model-limit-dialog.tsx'

/** How fast the provider may be asked for each model, by all workers together. */
export function ModelLimitTable() {
  const { data } = useSpendingLimits()
  const { limitModel, isBusy } = useLimitSpending()
  const [edited, edit] = useState<ModelLimit | 'new' | null>(null)
  const columns: Column<ModelLimit>[] = [
    {
      label: 'Model',
      isWide: true,
      render: ({ model }) => (
        <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
          {model}
        </Text>
      ),
    },
    {
      label: 'Calls a minute',
      width: 150,
      isNumber: true,
      render: ({ requests_per_minute: most }) => (most === null ? 'no limit' : count(most)),
    },
    {
      label: 'Tokens a minute',
      width: 160,
      isNumber: true,
      render: ({ tokens_per_minute: most }) => (most === null ? 'no limit' : count(most)),
    },
    {
      label: 'Change',
      width: 110,
      render: limit => (
        <Button
          size="xs"
          variant="default"
          aria-label={`Change the limit of ${limit.model}`}
          onClick={() => edit(limit)}
        >
          Change…
        </Button>
      ),
    },
  ]
  return (
    <Section
      title="Limits of models"
      about="For all workers together, as the provider's plan has it: calls above it wait instead of being refused."
      actions={
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => edit('new')}>
          Limit a model
        </Button>
      }
    >
      <DataTable
        caption="Limits of models"
        columns={columns}
        rows={data?.models}
        keyOf={({ model }) => model}
        empty={<EmptyNote title="No model is limited">Providers are asked as fast as tasks come.</EmptyNote>}
      />
      <ModelLimitDialog
        what={edited}
        isBusy={isBusy}
        close={() => edit(null)}
        save={async limit => {
          if (await limitModel(limit)) edit(null)
        }}
      />
    </Section>
  )
}
