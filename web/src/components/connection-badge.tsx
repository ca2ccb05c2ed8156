import { Badge, Tooltip } from '@mantine/core'
import type { Connection } from '../../../shared/client/keep-live.ts'

const looks: Record<Connection, { label: string; color: string; meaning: string }> = {
  connecting: { label: 'Connecting', color: 'gray', meaning: 'The live connection is being made.' },
  live: { label: 'Live', color: 'pine.5', meaning: 'What happens shows at once.' },
  polling: {
    label: 'Reconnecting',
    color: 'yellow',
    meaning: 'The live connection is lost; news is fetched every few seconds until it is back.',
  },
  offline: { label: 'Offline', color: 'red', meaning: 'The server cannot be reached; trying again.' },
}

/** How news reaches this page, apart from how the task fares. */
export function ConnectionBadge({ connection }: { connection: Connection }) {
  const { label, color, meaning } = looks[connection]
  return (
    <Tooltip label={meaning}>
      <Badge
        variant="dot"
        color={color}
        tt="none"
        fw={500}
        flex="none"
        role="status"
        aria-label={`Connection: ${label}`}
      >
        {label}
      </Badge>
    </Tooltip>
  )
}
