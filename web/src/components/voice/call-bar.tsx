import { ActionIcon, Box, Button, Group, Text, Textarea } from '@mantine/core'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { IconArrowUp, IconStop } from '../../icons.ts'
import type { CallManager } from './dock-panel.tsx'
import { HandsFreeSwitch } from './hands-free-switch.tsx'
import { MuteButton } from './mute-button.tsx'
import { TalkButton } from './talk-button.tsx'

/** Where one writes and talks. */
export function CallBar({ manager }: { manager: CallManager }) {
  const { status, isThinking, isSpeaking, microphoneProblem, interrupt } = manager
  if (status === 'idle' || status === 'failed') return null
  return (
    <Box p="sm" className="dock-bar">
      {microphoneProblem && (
        <Text size="xs" c="red" role="alert" mb="xs">
          {microphoneProblem}
        </Text>
      )}
      <WriteBox manager={manager} />
      <Group mt="xs" gap="xs" wrap="nowrap">
        {manager.isHandsFree ? <MuteButton manager={manager} /> : <TalkButton manager={manager} />}
        <Button
          variant="default"
          leftSection={<IconStop size={16} />}
          disabled={!isThinking && !isSpeaking}
          onClick={interrupt}
        >
          Stop
        </Button>
      </Group>
      <HandsFreeSwitch manager={manager} />
    </Box>
  )
}

/** Enter sends; Shift with Enter begins a line. What is not taken stays to be changed. */
function WriteBox({ manager: { status, sendUserText } }: { manager: CallManager }) {
  const [text, setText] = useState('')
  const [isSending, setIsSending] = useState(false)
  const canSend = status === 'live' && text.trim() !== '' && !isSending
  const send = async (event: FormEvent | KeyboardEvent) => {
    event.preventDefault()
    if (!canSend) return
    setIsSending(true)
    if (await sendUserText(text.trim())) setText('')
    setIsSending(false)
  }
  return (
    <Group component="form" gap="xs" wrap="nowrap" align="flex-end" onSubmit={send}>
      <Textarea
        flex={1}
        autosize
        minRows={1}
        maxRows={5}
        maxLength={8000}
        aria-label="Your message"
        placeholder="Write a message…"
        value={text}
        onChange={event => setText(event.currentTarget.value)}
        onKeyDown={event => event.key === 'Enter' && !event.shiftKey && void send(event)}
      />
      <ActionIcon type="submit" size={36} radius="xl" aria-label="Send" loading={isSending} disabled={!canSend}>
        <IconArrowUp size={18} />
      </ActionIcon>
    </Group>
  )
}
