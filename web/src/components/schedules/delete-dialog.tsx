import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { Schedule } from '../../hooks/use-schedules.ts'

type Props = { schedule: Schedule | null; isBusy: boolean; close: () => void; confirm: (schedule: Schedule) => void }

/** Asks before a schedule is deleted. */
export function DeleteDialog({ schedule, isBusy, close, confirm }: Props) {
  return (
    <Modal opened={schedule !== null} onClose={close} centered title={schedule && `Delete “${schedule.name}”?`}>
      <Stack>
        <Text size="sm">It makes no more tasks. Those that it has made stay as they are.</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            Keep it
          </Button>
          <Button color="red" loading={isBusy} onClick={() => schedule && confirm(schedule)}>
            Delete
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
