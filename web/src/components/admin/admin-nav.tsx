import { Badge, NavLink, Stack } from '@mantine/core'
import { type AdminTab, adminTabs, tabAddress } from '../../hooks/admin/use-admin-tab.ts'
import { useEscalations } from '../../hooks/scenarios/use-escalations.ts'
import type { Rights } from '../../hooks/use-rights.ts'
import {
  IconApproval,
  IconAudit,
  IconBack,
  IconBudget,
  IconDeadLetter,
  IconKinds,
  IconOverview,
  IconPerson,
  IconScenario,
  IconSchedule,
  IconTasks,
  IconWorker,
} from '../../icons.ts'
import { follow } from '../address-link.tsx'

const icons = {
  overview: IconOverview,
  tasks: IconTasks,
  'dead-letters': IconDeadLetter,
  approvals: IconApproval,
  scenarios: IconScenario,
  escalations: IconPerson,
  spending: IconBudget,
  workers: IconWorker,
  kinds: IconKinds,
  schedules: IconSchedule,
  audit: IconAudit,
}

type Props = { tabs: AdminTab[]; open: AdminTab | null; rights: Rights; onChoose: () => void }

/** The parts of the admin area, and the way back. */
export function AdminNav({ tabs, open, rights, onChoose }: Props) {
  const waiting = useEscalations(rights).escalations?.filter(({ status }) => status === 'open').length ?? 0
  return (
    <Stack h="100%" p="sm" gap={2}>
      {tabs.map(tab => {
        const Icon = icons[tab]
        return (
          <NavLink
            key={tab}
            className="nav-link"
            href={tabAddress(tab)}
            label={adminTabs[tab].name}
            leftSection={<Icon size={18} aria-hidden />}
            rightSection={
              tab === 'escalations' &&
              waiting > 0 && (
                <Badge size="sm" color="red.8" aria-label={`${waiting} waiting`}>
                  {waiting}
                </Badge>
              )
            }
            active={tab === open}
            aria-current={tab === open ? 'page' : undefined}
            variant="subtle"
            color="gray"
            onClick={event => {
              follow(event, tabAddress(tab))
              onChoose()
            }}
          />
        )
      })}
      <NavLink
        mt="auto"
        className="nav-link"
        href={location.pathname}
        label="Your questions"
        leftSection={<IconBack size={18} aria-hidden />}
        onClick={event => follow(event, location.pathname)}
      />
    </Stack>
  )
}
