import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { type Budget, useLimitSpending, useSpendingLimits } from '../../hooks/admin/use-spending-limits.ts'
import { IconPlus } from '../../icons.ts'
import { money } from '../../words/money-words.ts'
import { count } from '../../words/number-words.ts'
import { budgetOwner, perNames } from '../../words/spending-words.ts'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'
import { BudgetDialog } from './budget-dialog.tsx'

/** What tenants may spend, on a task and in a day. */
export function BudgetTable() {
  const { data, error } = useSpendingLimits()
  const { limitSpending, isBusy } = useLimitSpending()
  const [edited, edit] = useState<Budget | 'new' | null>(null)
  const columns: Column<Budget>[] = [
    {
      label: 'Tenant',
      isWide: true,
      render: budget => (
        <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
          {budgetOwner(budget)}
        </Text>
      ),
    },
    { label: 'For', width: 130, render: ({ per }) => perNames[per] },
    {
      label: 'Cost at most',
      width: 140,
      isNumber: true,
      render: ({ max_cost }) => (max_cost === null ? 'no limit' : money(max_cost)),
    },
    {
      label: 'Tokens at most',
      width: 150,
      isNumber: true,
      render: ({ max_tokens }) => (max_tokens === null ? 'no limit' : count(max_tokens)),
    },
    {
      label: 'Change',
      width: 110,
      render: budget => (
        <Button
          size="xs"
          variant="default"
          aria-label={`Change the budget of ${budgetOwner(budget)} for ${perNames[budget.per].toLowerCase()}`}
          onClick={() => edit(budget)}
        >
          Change…
        </Button>
      ),
    },
  ]
  return (
    <Section
      title="Budgets"
      about="A task whose budget is spent ends as it is and keeps what it has written. Where money is bounded, a model without a known price is not asked."
      actions={
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => edit('new')}>
          Set a budget
        </Button>
      }
    >
      {!data && error ? (
        <ErrorNote error={error} title="The budgets cannot be read" />
      ) : (
        <DataTable
          caption="Budgets"
          columns={columns}
          rows={data?.budgets}
          keyOf={({ tenant_id, per }) => `${tenant_id} ${per}`}
          empty={
            <EmptyNote title="Nothing is bounded">Tasks may cost what they cost, unless they bring a budget.</EmptyNote>
          }
        />
      )}
      <BudgetDialog
        what={edited}
        isBusy={isBusy}
        close={() => edit(null)}
        save={async budget => {
          if (await limitSpending(budget)) edit(null)
        }}
      />
    </Section>
  )
}
