import { NavLink } from '@mantine/core'
import { addressOf } from '../hooks/use-address.ts'
import { isAdmin, useRights } from '../hooks/use-rights.ts'
import {
  IconAdmin,
  IconApproval,
  IconConversation,
  IconCourse,
  IconDraft,
  IconPortfolio,
  IconScenario,
  IconSchedule,
  IconTasks,
} from '../icons.ts'
import { follow } from './address-link.tsx'

const everyMs = 60_000

/** Where to go besides one's questions; the admin area is named to admins alone. */
export function WorkspaceLinks(props: { userId: string; page: string | null; onChoose: () => void }) {
  const { userId, page, onChoose } = props
  const { data: rights } = useRights(userId, everyMs)
  const links = [
    { page: 'conversation', label: 'New conversation', icon: IconConversation },
    { page: 'approvals', label: 'Approvals', icon: IconApproval },
    { page: 'courses', label: 'Courses', icon: IconCourse },
    { page: 'scenarios', label: 'Scenarios', icon: IconScenario },
    { page: 'drafts', label: 'Drafts', icon: IconDraft },
    { page: 'todos', label: 'Todos', icon: IconTasks },
    { page: 'portfolio', label: 'Portfolio', icon: IconPortfolio },
    { page: 'schedules', label: 'Schedules', icon: IconSchedule },
    ...(rights && isAdmin(rights) ? [{ page: 'admin', label: 'Admin', icon: IconAdmin }] : []),
  ]
  return (
    <div>
      {links.map(({ page: named, label, icon: Icon }) => {
        const to = addressOf({ page: named })
        return (
          <NavLink
            key={named}
            className="nav-link"
            label={label}
            leftSection={<Icon size={16} aria-hidden />}
            href={to}
            active={page === named}
            aria-current={page === named ? 'page' : undefined}
            variant="subtle"
            color="gray"
            onClick={event => {
              follow(event, to)
              onChoose()
            }}
          />
        )
      })}
    </div>
  )
}
