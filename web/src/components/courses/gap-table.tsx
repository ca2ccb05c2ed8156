import { Group, Text } from '@mantine/core'
import { importanceName } from '../../words/course-words.ts'
import { EmptyNote } from '../empty-note.tsx'
import { GapBadge } from './gap-badge.tsx'
import { LevelBar } from './level-bar.tsx'

type Gap = {
  skill: string
  current_level: number | null
  required_level: number
  importance: number
  priority: number | null
  priority_name: string | null
}

/** Gaps, each with how far there is to go and how much that matters. */
export function GapTable({ gaps }: { gaps: readonly Gap[] }) {
  if (gaps.length === 0) {
    return (
      <div className="surface facts">
        <EmptyNote title="No gaps">Every skill that the position asks for is there.</EmptyNote>
      </div>
    )
  }
  return (
    <ul className="plain-list surface skill-list">
      {gaps.map(({ skill, current_level, required_level, importance, priority, priority_name }) => (
        <li key={skill}>
          <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={500}>
                {skill}
              </Text>
              <Text size="xs" c="dimmed">
                Level {current_level ?? 0} → {required_level} · {importanceName(importance)} for the position
              </Text>
            </div>
            <GapBadge name={priority_name} priority={priority} />
          </Group>
          <LevelBar level={current_level ?? 0} required={required_level} />
        </li>
      ))}
    </ul>
  )
}
