import { Badge } from '@mantine/core'
import { priorityColor } from '../../words/course-words.ts'

/** How pressing a gap is; its number from 0 to 100 for who points at it. */
export function GapBadge({ name, priority }: { name: string | null; priority: number | null }) {
  return (
    <Badge
      variant="light"
      color={priorityColor[name ?? ''] ?? 'gray'}
      tt="none"
      fw={600}
      flex="none"
      title={priority === null ? undefined : `Priority ${priority} of 100`}
    >
      {name}
    </Badge>
  )
}
