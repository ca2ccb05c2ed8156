import { useEnterprises } from '../../hooks/use-enterprises.ts'
import type { Rights } from '../../hooks/use-rights.ts'
import { ScheduleList } from '../schedules/schedule-list.tsx'

/** The schedules that one looks after: those of others can be paused, own ones changed. */
export function SchedulesTab({ rights, userId }: { rights: Rights; userId: string }) {
  const { enterprises } = useEnterprises(userId)
  return (
    <ScheduleList
      scope={{ rights }}
      userId={userId}
      enterprises={enterprises}
      about="You may pause the schedules of others and let them go on; to change one is up to whoever made it."
    />
  )
}
