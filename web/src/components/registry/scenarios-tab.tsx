import './registry.css'
import { Button, Skeleton, Stack, Switch, Text } from '@mantine/core'
import type { Scenario } from '../../../../shared/client/scenario-rows.ts'
import { tabAddress } from '../../hooks/admin/use-admin-tab.ts'
import { useRegistryVerbs } from '../../hooks/scenarios/use-registry-verbs.ts'
import { useScenarios } from '../../hooks/scenarios/use-scenarios.ts'
import { goTo, useAddress } from '../../hooks/use-address.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import type { Rights } from '../../hooks/use-rights.ts'
import { IconPlus } from '../../icons.ts'
import { AddressLink } from '../address-link.tsx'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'
import { When } from '../when.tsx'
import { AllowedModels } from './allowed-models.tsx'
import { NewScenario } from './new-scenario.tsx'
import { ScenarioEditor } from './scenario-editor.tsx'

/** The scenarios there are, or the one that the address names. */
export function ScenariosTab({ rights, userId }: { rights: Rights; userId: string }) {
  const address = useAddress()
  const named = address.get('scenario')
  const { data: scenarios, error } = useScenarios()
  if (!scenarios) {
    return error ? <ErrorNote error={error} title="The scenarios cannot be read" /> : <Skeleton h={220} />
  }
  if (address.has('new')) return <NewScenario rights={rights} />
  const open = scenarios.find(({ id }) => id === named)
  if (open) {
    return <ScenarioEditor key={open.id} scenario={open} mayEdit={mayEdit(open, rights)} userId={userId} />
  }
  return (
    <Stack gap="xl">
      <Section
        title="Registry"
        about="Which agents there are for a purpose, what each may do, and to whom it hands over."
        actions={
          <Button
            size="xs"
            leftSection={<IconPlus size={14} />}
            onClick={() => goTo(tabAddress('scenarios', { new: 'yes' }))}
          >
            New scenario
          </Button>
        }
      >
        {named && <EmptyNote title={`There is no scenario “${named}” here`} />}
        <ScenarioTable scenarios={scenarios} rights={rights} />
      </Section>
      {rights.isPlatformAdmin && <AllowedModels />}
    </Stack>
  )
}

function ScenarioTable({ scenarios, rights }: { scenarios: Scenario[]; rights: Rights }) {
  const names = useEnterpriseNames()
  const { enable, isBusy } = useRegistryVerbs()
  const columns: Column<Scenario>[] = [
    {
      label: 'Scenario',
      width: '46%',
      isWide: true,
      render: ({ id, title, description }) => (
        <>
          <AddressLink to={tabAddress('scenarios', { scenario: id })} fw={600}>
            {title}
          </AddressLink>
          <Text size="xs" c="dimmed" lineClamp={2}>
            {description}
          </Text>
        </>
      ),
    },
    {
      label: 'Of',
      width: '16%',
      render: ({ enterprise_id }) => (enterprise_id ? (names.get(enterprise_id) ?? 'an enterprise') : 'everybody'),
    },
    { label: 'Version', width: '10%', isNumber: true, render: ({ version }) => version },
    { label: 'Changed', width: '16%', render: ({ updated_at }) => <When at={updated_at} /> },
    {
      label: 'Can be begun',
      width: '12%',
      render: scenario => (
        <Switch
          aria-label={`“${scenario.title}” can be begun`}
          checked={scenario.is_enabled}
          disabled={isBusy || !mayEdit(scenario, rights)}
          onChange={event => void enable(scenario, event.currentTarget.checked)}
        />
      ),
    },
  ]
  return (
    <DataTable
      caption="Scenarios"
      columns={columns}
      rows={scenarios}
      keyOf={({ id }) => id}
      empty={<EmptyNote title="There are no scenarios yet" />}
    />
  )
}

function mayEdit({ enterprise_id }: Scenario, { isPlatformAdmin, adminOf }: Rights): boolean {
  return isPlatformAdmin || (enterprise_id !== null && adminOf.includes(enterprise_id))
}
