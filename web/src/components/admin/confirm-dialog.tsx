import { Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { BulkAction } from '../../hooks/admin/use-bulk-verbs.ts'
import { askFor, bulkWords } from '../../words/bulk-words.ts'

type Props = {
  /** What was asked for; null while nothing is. */
  action: BulkAction | null
  isBusy: boolean
  confirm: (action: BulkAction) => void
  close: () => void
}

/** Says what will happen before it does, and asks for the priority where one is to be set. */
export function ConfirmDialog({ action, isBusy, confirm, close }: Props) {
  return (
    <Modal opened={action !== null} onClose={close} title={action && titleOf(action)} centered zIndex={300}>
      {action && <Question action={action} isBusy={isBusy} confirm={confirm} close={close} />}
    </Modal>
  )
}

function titleOf({ verb, taskIds }: BulkAction): string {
  return askFor(verb, taskIds.length)
}

function Question({ action, isBusy, confirm, close }: Props & { action: BulkAction }) {
  const [priority, setPriority] = useState(String(action.priority ?? 5))
  const { name, promise, isGrave } = bulkWords[action.verb]
  return (
    <Stack>
      <Text size="sm">{promise}</Text>
      {action.verb === 'prioritize' && (
        <div>
          <Text size="sm" fw={500} id="priority-label" mb={6}>
            Priority, 9 is the highest
          </Text>
          <SegmentedControl
            fullWidth
            aria-labelledby="priority-label"
            data={['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']}
            value={priority}
            onChange={setPriority}
          />
        </div>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close} data-autofocus={isGrave || undefined}>
          {action.verb !== 'cancel' ? 'Back' : action.taskIds.length === 1 ? 'Keep it' : 'Keep them'}
        </Button>
        <Button
          color={isGrave ? 'red' : 'pine'}
          loading={isBusy}
          data-autofocus={!isGrave || undefined}
          onClick={() => confirm(action.verb === 'prioritize' ? { ...action, priority: Number(priority) } : action)}
        >
          {name}
        </Button>
      </Group>
    </Stack>
  )
}
