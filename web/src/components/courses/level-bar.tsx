import { Group } from '@mantine/core'
import { levelName } from '../../words/course-words.ts'

type Props = { level: number; required?: number | null }

/** A level out of five; what the position needs beyond it is outlined. */
export function LevelBar({ level, required = null }: Props) {
  const words = required === null ? levelName(level) : `${levelName(level)}, needed: level ${required}`
  return (
    <Group gap={3} wrap="nowrap" role="img" aria-label={words} title={words}>
      {[1, 2, 3, 4, 5].map(step => (
        <span
          key={step}
          className="level-step"
          data-is={step <= level ? 'reached' : step <= (required ?? 0) ? 'needed' : undefined}
        />
      ))}
    </Group>
  )
}
