import { ActionIcon, Group, Textarea } from '@mantine/core'
import type { FormEvent, KeyboardEvent } from 'react'
import type { z } from 'zod'
import { IconArrowUp } from '../../icons.ts'

type Props = {
  text: string
  setText: (text: string) => void
  say: (text: string) => Promise<void>
  isSaying: boolean
  /** What may be said; what it refuses is told while typing. */
  schema: z.ZodType<string>
  placeholder: string
}

/** The box to speak in. Messages are short, so Enter sends and Shift with Enter begins a new line. */
export function ChatBox({ text, setText, say, isSaying, schema, placeholder }: Props) {
  const { success, error } = schema.safeParse(text)
  const problem = text.trim() ? error?.issues[0]?.message : undefined
  const canSend = success && !isSaying
  const submit = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault()
    if (canSend) void say(text)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes a word, Enter takes the word.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) submit(event)
  }
  return (
    <Group component="form" className="surface" p="xs" gap="xs" wrap="nowrap" align="flex-end" onSubmit={submit}>
      <Textarea
        aria-label="Your message"
        placeholder={placeholder}
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={14}
        autoFocus
        size="md"
        px={6}
        flex={1}
        value={text}
        error={problem}
        onChange={event => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ActionIcon type="submit" size="lg" radius="xl" aria-label="Send" loading={isSaying} disabled={!canSend}>
        <IconArrowUp size={18} />
      </ActionIcon>
    </Group>
  )
}
