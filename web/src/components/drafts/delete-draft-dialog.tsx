import { Button, Group, Modal, Stack, Text } from '@mantine/core'

type Props = { name: string | null; close: () => void; remove: () => Promise<void> }

/** Asks whether a draft is really to go. */
export function DeleteDraftDialog({ name, close, remove }: Props) {
  return (
    <Modal opened={name !== null} onClose={close} centered title="Delete this draft?">
      <Stack>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          “{name}” goes for good.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            Keep it
          </Button>
          <Button color="red" onClick={() => void remove()}>
            Delete
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
