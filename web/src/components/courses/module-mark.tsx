import { Badge, Loader } from '@mantine/core'
import type { ModuleState } from '../../hooks/courses/use-live-course.ts'

const looks = {
  written: { words: 'Written', color: 'pine' },
  writing: { words: 'Being written', color: 'blue' },
  planned: { words: 'Planned', color: 'gray' },
  missing: { words: 'Missing', color: 'yellow' },
} as const

/** How a module stands, in a word. */
export function ModuleMark({ state }: { state: ModuleState }) {
  const { words, color } = looks[state]
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      fw={500}
      flex="none"
      leftSection={state === 'writing' && <Loader size={10} color={color} aria-hidden />}
    >
      {words}
    </Badge>
  )
}
