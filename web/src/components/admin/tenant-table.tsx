import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useLimits } from '../../hooks/admin/use-limits.ts'
import type { QueueTenant } from '../../hooks/admin/use-queue-overview.ts'
import { count, countOpen, rounded } from '../../words/number-words.ts'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { Section } from '../section.tsx'
import { IdleTenantSelect } from './idle-tenant-select.tsx'
import { LimitDialog } from './limit-dialog.tsx'
import { LoadBar } from './load-bar.tsx'

/** The tenants with most to do: what is at work and what waits for each, side by side, so that fairness can be seen. */
export function TenantTable({ tenants }: { tenants: QueueTenant[] | undefined }) {
  const { limitTenant, isBusy } = useLimits()
  const [edited, edit] = useState<QueueTenant | null>(null)
  const columns = columnsFor(tenants ?? [], edit)
  return (
    <Section
      title="Tenants"
      about="An enterprise, or a user without one. Free slots go to whoever has the least at work for its weight, however much waits."
      actions={tenants && <IdleTenantSelect tenants={tenants} choose={edit} />}
    >
      <DataTable
        caption="Tenants, those with most to do first"
        columns={columns}
        rows={tenants}
        keyOf={({ tenant_id }) => tenant_id}
        empty={<EmptyNote title="Nobody has anything to do">Tenants show here while they have open tasks.</EmptyNote>}
      />
      <LimitDialog
        what={edited && { name: edited.name, max_running: edited.max_running, weight: edited.weight }}
        isBusy={isBusy}
        close={() => edit(null)}
        save={async ({ cap, weight }) => {
          if (edited && (await limitTenant(edited, cap, weight))) edit(null)
        }}
      />
    </Section>
  )
}

function columnsFor(tenants: QueueTenant[], edit: (tenant: QueueTenant) => void): Column<QueueTenant>[] {
  const mostAtWork = Math.max(1, ...tenants.map(({ at_work }) => at_work))
  const mostPending = Math.max(1, ...tenants.map(({ pending }) => pending))
  return [
    {
      label: 'Tenant',
      isWide: true,
      render: ({ name }) => (
        <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
      ),
    },
    {
      label: 'At work',
      width: 190,
      render: ({ at_work }) => (
        <Bar tasks={at_work} label={`${count(at_work)} at work`} atWork={at_work} waiting={0} most={mostAtWork} />
      ),
    },
    {
      label: 'Waiting',
      width: 190,
      render: ({ pending }) => (
        <Bar tasks={pending} label={`${countOpen(pending)} waiting`} atWork={0} waiting={pending} most={mostPending} />
      ),
    },
    { label: 'Weight', width: 80, isNumber: true, render: ({ weight }) => rounded(weight) },
    {
      label: 'At most',
      width: 100,
      isNumber: true,
      render: ({ max_running }) => (max_running === null ? 'no limit' : count(max_running)),
    },
    {
      label: 'Change',
      width: 110,
      render: tenant => (
        <Button size="xs" variant="default" aria-label={`Limit ${tenant.name}`} onClick={() => edit(tenant)}>
          Limit…
        </Button>
      ),
    },
  ]
}

type BarProps = { tasks: number; label: string; atWork: number; waiting: number; most: number }

function Bar({ tasks, ...bar }: BarProps) {
  return (
    <Group gap="sm" wrap="nowrap">
      <Text size="sm" className="tabular" w={58} ta="right">
        {countOpen(tasks)}
      </Text>
      <LoadBar {...bar} />
    </Group>
  )
}
