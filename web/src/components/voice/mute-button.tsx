import { Button } from '@mantine/core'
import { IconMuted, IconTalk } from '../../icons.ts'
import type { CallManager } from './dock-panel.tsx'

/** Closes the open microphone, and opens it again. */
export function MuteButton({ manager: { status, isMuted, isHeard, mute } }: { manager: CallManager }) {
  const Icon = isMuted ? IconMuted : IconTalk
  return (
    <Button
      flex={1}
      variant={isMuted ? 'light' : 'filled'}
      color={isMuted ? 'red' : 'pine'}
      leftSection={<Icon size={18} className={isHeard ? 'pulse' : undefined} />}
      disabled={status !== 'live'}
      onClick={() => mute(!isMuted)}
    >
      {isMuted ? 'Unmute the microphone' : 'Mute the microphone'}
    </Button>
  )
}
