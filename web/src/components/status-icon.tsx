import { Loader, ThemeIcon } from '@mantine/core'
import type { TaskStatus } from '../../../shared/task.ts'
import { IconAlert, IconCheck, IconClock, IconPause, IconRetry, IconStop } from '../icons.ts'
import { statusColor } from '../words/status-words.ts'

const icons = {
  scheduled: IconRetry,
  pending: IconClock,
  waiting: IconPause,
  completed: IconCheck,
  failed: IconAlert,
  cancelled: IconStop,
}

/** A status as a sign; its words stand beside it. */
export function StatusIcon({ status }: { status: TaskStatus }) {
  if (status === 'processing') return <Loader size={20} color={statusColor.processing} aria-hidden />
  const Icon = icons[status]
  return (
    <ThemeIcon variant="light" radius="xl" size={20} color={statusColor[status]} aria-hidden>
      <Icon size={12} />
    </ThemeIcon>
  )
}
