import './scenarios.css'
import { Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { Scenario } from '../../../../shared/client/scenario-rows.ts'
import { useScenarioSessions } from '../../hooks/scenarios/use-scenario-sessions.ts'
import { useScenarios } from '../../hooks/scenarios/use-scenarios.ts'
import { addressOf, goTo, useAddress } from '../../hooks/use-address.ts'
import type { useEnterprises } from '../../hooks/use-enterprises.ts'
import { useSessionId } from '../../hooks/use-session-address.ts'
import { follow } from '../address-link.tsx'
import { ConversationMenu } from '../chat/conversation-menu.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { EnterpriseSelect } from '../enterprise-select.tsx'
import { ErrorNote } from '../error-note.tsx'
import { ScenarioChat } from './scenario-chat.tsx'

type Tenants = ReturnType<typeof useEnterprises>

/** Where a scenario is chosen, or talked with. */
export function ScenariosPanel({ userId, tenants }: { userId: string; tenants: Tenants }) {
  const sessionId = useSessionId()
  const chosen = useAddress().get('scenario')
  const { data: scenarios, error } = useScenarios()
  const sessions = useScenarioSessions(userId).data ?? []
  const usable = scenarios?.filter(scenario => scenario.is_enabled && isFor(scenario, tenants)) ?? []
  const scenario = usable.find(({ id }) => id === chosen) ?? null
  const enterpriseId = scenario?.enterprise_id ?? tenants.enterpriseId
  const menu = sessions.length > 0 && <ConversationMenu page="scenarios" sessions={sessions} openId={sessionId} />
  if (sessionId !== null || (scenario && tenants.isKnown)) {
    return (
      <div className="scenario-page">
        <Title order={1} className="visually-hidden">
          Scenarios
        </Title>
        <ScenarioChat
          // What is begun is begun for one enterprise.
          key={sessionId ?? `${chosen} ${enterpriseId}`}
          sessionId={sessionId}
          scenario={scenario}
          enterpriseId={enterpriseId}
          onBegun={session => goTo(addressOf({ page: 'scenarios', session }))}
        >
          <Group gap="xs" wrap="nowrap">
            {sessionId === null && !scenario?.enterprise_id && tenants.enterprises.length > 1 && (
              <EnterpriseSelect {...tenants} />
            )}
            {menu}
          </Group>
        </ScenarioChat>
      </div>
    )
  }
  return (
    <Stack className="scenario-page" gap="lg">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Title order={1} fz={{ base: 22, sm: 26 }} lts="-0.02em">
            Scenarios
          </Title>
          <Text c="dimmed" mt={4}>
            Agents that work together. Choose whom you want to talk to.
          </Text>
        </div>
        {menu}
      </Group>
      {!scenarios && error && <ErrorNote error={error} title="The scenarios cannot be read" />}
      {!scenarios && !error && <Skeleton h={160} />}
      {scenarios && usable.length === 0 && (
        <EmptyNote title="There are no scenarios yet">Admins make them in the admin area, under Scenarios.</EmptyNote>
      )}
      {chosen && scenarios && !scenario && (
        <EmptyNote title="There is no such scenario here">It may be switched off, or of another enterprise.</EmptyNote>
      )}
      <ul className="plain-list scenario-cast" aria-label="Scenarios">
        {usable.map(each => (
          <li key={each.id}>
            <ScenarioCard scenario={each} />
          </li>
        ))}
      </ul>
    </Stack>
  )
}

function ScenarioCard({ scenario: { id, title, description } }: { scenario: Scenario }) {
  const to = addressOf({ page: 'scenarios', scenario: id })
  return (
    <a className="surface pressable scenario-card" href={to} onClick={event => follow(event, to)}>
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" mt={4}>
        {description}
      </Text>
    </a>
  )
}

function isFor({ enterprise_id }: Scenario, { enterprises }: Tenants): boolean {
  return enterprise_id === null || enterprises.some(({ id }) => id === enterprise_id)
}
