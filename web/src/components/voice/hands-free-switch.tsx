import { Group, Switch, Text } from '@mantine/core'
import type { CallManager } from './dock-panel.tsx'

/** Whether the microphone stays open, and what becomes of what it hears. */
export function HandsFreeSwitch({ manager }: { manager: CallManager }) {
  const { status, isHandsFree, setHandsFree } = manager
  return (
    <Group mt="xs" gap="xs" justify="space-between" wrap="nowrap">
      <Switch
        size="xs"
        label="Hands-free"
        checked={isHandsFree}
        disabled={status !== 'live'}
        onChange={({ currentTarget }) => setHandsFree(currentTarget.checked)}
      />
      <Text size="xs" c="dimmed" role="status" aria-label="Microphone" truncate>
        {wordsOf(manager)}
      </Text>
    </Group>
  )
}

function wordsOf({ isHandsFree, isMuted, isHeard }: CallManager): string {
  if (!isHandsFree) return 'The microphone is closed'
  if (isMuted) return 'Muted: nobody hears you'
  return isHeard ? 'You are heard…' : 'Listening: just talk'
}
