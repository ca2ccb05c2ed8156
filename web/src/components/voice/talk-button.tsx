import { Button } from '@mantine/core'
import type { PointerEvent } from 'react'
import { IconTalk } from '../../icons.ts'
import type { CallManager } from './dock-panel.tsx'

/** Held with a pointer or the space bar for as long as one talks. */
export function TalkButton({ manager: { status, isTalking, startPTT, stopPTT } }: { manager: CallManager }) {
  const press = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return
    // It is let go of wherever the pointer may be by then.
    event.currentTarget.setPointerCapture(event.pointerId)
    startPTT()
  }
  return (
    <Button
      flex={1}
      className="talk-button"
      data-talk
      color={isTalking ? 'red' : 'pine'}
      leftSection={<IconTalk size={18} className={isTalking ? 'pulse' : undefined} />}
      disabled={status !== 'live'}
      aria-pressed={isTalking}
      aria-keyshortcuts="Space"
      onPointerDown={press}
      onPointerUp={stopPTT}
      onPointerCancel={stopPTT}
      onContextMenu={event => event.preventDefault()}
    >
      {isTalking ? 'Let go to send' : 'Hold to talk'}
    </Button>
  )
}
