import { Button, Group } from '@mantine/core'
import { IconPriority, IconRetry, IconStop, IconWorker } from '../../icons.ts'
import { type BulkVerb, bulkWords } from '../../words/bulk-words.ts'

type Props = { verbs: readonly BulkVerb[]; isDisabled?: boolean; ask: (verb: BulkVerb) => void }

const icons = {
  cancel: IconStop,
  retry: IconRetry,
  reset: IconWorker,
  reset_stuck: IconWorker,
  prioritize: IconPriority,
}

/** What can be done with tasks, as buttons. */
export function TaskButtons({ verbs, isDisabled = false, ask }: Props) {
  return (
    <Group gap={6} justify="center">
      {verbs.map(verb => {
        const Icon = icons[verb]
        return (
          <Button
            key={verb}
            size="xs"
            variant="default"
            leftSection={<Icon size={14} />}
            disabled={isDisabled}
            onClick={() => ask(verb)}
          >
            {bulkWords[verb].name}
          </Button>
        )
      })}
    </Group>
  )
}
