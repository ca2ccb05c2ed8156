import { NavLink } from '@mantine/core'
import type { MouseEvent } from 'react'
import { addressOf } from '../hooks/use-address.ts'
import { isAdmin, useRights } from '../hooks/use-rights.ts'
import { IconAdmin, IconSchedule } from '../icons.ts'
import { follow } from './address-link.tsx'

const everyMs = 60_000

/** Where to go besides one's questions; the admin area is named to admins alone. */
export function WorkspaceLinks(props: { userId: string; isSchedules: boolean; onChoose: () => void }) {
  const { userId, isSchedules, onChoose } = props
  const { data: rights } = useRights(userId, everyMs)
  const go = (to: string) => (event: MouseEvent) => {
    follow(event, to)
    onChoose()
  }
  const [schedules, admin] = [addressOf({ page: 'schedules' }), addressOf({ page: 'admin' })]
  return (
    <div>
      <NavLink
        className="nav-link"
        label="Schedules"
        leftSection={<IconSchedule size={16} aria-hidden />}
        href={schedules}
        active={isSchedules}
        aria-current={isSchedules ? 'page' : undefined}
        variant="subtle"
        color="gray"
        onClick={go(schedules)}
      />
      {rights && isAdmin(rights) && (
        <NavLink
          className="nav-link"
          label="Admin"
          leftSection={<IconAdmin size={16} aria-hidden />}
          href={admin}
          onClick={go(admin)}
        />
      )}
    </div>
  )
}
