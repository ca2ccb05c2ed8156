import { Modal } from '@mantine/core'
import type { Enterprise } from '../../hooks/use-enterprises.ts'
import type { Schedule, ScheduleDraft } from '../../hooks/use-schedules.ts'
import { ScheduleForm } from './schedule-form.tsx'

type Props = {
  /** The schedule to change, `new` for one to be made, null for none. */
  edited: Schedule | 'new' | null
  enterprises: Enterprise[]
  isBusy: boolean
  close: () => void
  save: (draft: ScheduleDraft) => void
}

/** Where a schedule is made or changed. */
export function ScheduleDialog({ edited, close, ...form }: Props) {
  return (
    <Modal
      opened={edited !== null}
      onClose={close}
      size="lg"
      title={edited === 'new' ? 'A new schedule' : 'Change the schedule'}
    >
      {edited && <ScheduleForm schedule={edited === 'new' ? null : edited} close={close} {...form} />}
    </Modal>
  )
}
