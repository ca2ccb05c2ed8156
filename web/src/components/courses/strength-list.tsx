import { Group, Text } from '@mantine/core'
import type { SkillLine } from '../../hooks/courses/use-employee.ts'
import { LevelBar } from './level-bar.tsx'

/** Skills in which nothing is lacking. */
export function StrengthList({ strengths }: { strengths: readonly SkillLine[] }) {
  return (
    <ul className="plain-list surface skill-list">
      {strengths.map(({ skill, level, required }) => (
        <li key={skill}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm" style={{ minWidth: 0 }}>
              {skill}
            </Text>
            <LevelBar level={level} required={required} />
          </Group>
        </li>
      ))}
    </ul>
  )
}
