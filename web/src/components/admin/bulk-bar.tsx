import { Affix, Button, Group, Paper, Text, Transition } from '@mantine/core'
import type { BulkVerb } from '../../words/bulk-words.ts'
import { counted } from '../../words/number-words.ts'
import { TaskButtons } from './task-buttons.tsx'

type Props = {
  chosen: ReadonlySet<string>
  verbs: readonly BulkVerb[]
  clear: () => void
  ask: (verb: BulkVerb) => void
}

/** What can be done with the chosen tasks, over the foot of the page, so that nothing moves when it comes. */
export function BulkBar({ chosen, verbs, clear, ask }: Props) {
  return (
    <Affix position={{ bottom: 16, left: 0, right: 0 }} zIndex={150} className="bulk-bar">
      <Transition mounted={chosen.size > 0} transition="slide-up">
        {styles => (
          <Paper
            component="section"
            aria-label="Chosen tasks"
            className="surface"
            shadow="md"
            px="md"
            py="xs"
            style={styles}
          >
            <Group gap="sm" justify="center">
              <Group gap={4} wrap="nowrap">
                <Text size="sm" fw={600} className="tabular" role="status">
                  {counted(chosen.size, 'task')} chosen
                </Text>
                <Button size="compact-sm" variant="subtle" fw={500} onClick={clear}>
                  Choose none
                </Button>
              </Group>
              <TaskButtons verbs={verbs} ask={ask} />
            </Group>
          </Paper>
        )}
      </Transition>
    </Affix>
  )
}
