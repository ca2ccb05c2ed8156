import { Group, Text } from '@mantine/core'
import type { CourseLine } from '../../hooks/courses/course-line.ts'
import { IconBook } from '../../icons.ts'
import { statusName } from '../../words/status-words.ts'
import { StatusIcon } from '../status-icon.tsx'

/** How a course stands: a sign and a word, and while it is not whole how far it is. */
export function CourseState({ course }: { course: CourseLine }) {
  const { status, isWhole, written, modules } = course
  const isMended = isWhole && (status === 'failed' || status === 'cancelled')
  const shown = isMended ? 'completed' : status
  return (
    <Group gap={8} wrap="nowrap" display="inline-flex">
      {shown ? <StatusIcon status={shown} /> : <IconBook size={18} aria-hidden />}
      <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
        {shown ? statusName[shown] : isWhole ? 'Completed' : 'Unfinished'}
        {!isWhole && written !== null && modules !== null && ` · ${written} of ${modules}`}
      </Text>
    </Group>
  )
}
