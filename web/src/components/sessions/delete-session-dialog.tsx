import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'

type Props = { name: string | null; close: () => void; remove: () => Promise<void> }

/** Asks whether a conversation is really to go. */
export function DeleteSessionDialog({ name, close, remove }: Props) {
  const [isBusy, setBusy] = useState(false)
  const confirm = async () => {
    setBusy(true)
    await remove()
    setBusy(false)
  }
  return (
    <Modal opened={name !== null} onClose={close} centered title="Delete this conversation?">
      <Stack>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          “{name}” goes for good, with all its questions and answers. What is being answered is stopped.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            Keep it
          </Button>
          <Button color="red" loading={isBusy} onClick={() => void confirm()}>
            Delete
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
