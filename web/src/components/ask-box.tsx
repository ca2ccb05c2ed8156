import { ActionIcon, Box, Group, Text, Textarea } from '@mantine/core'
import type { FormEvent, KeyboardEvent, ReactNode } from 'react'
import { kinds } from '../../../shared/kinds.ts'
import { IconArrowUp } from '../icons.ts'

type Props = {
  prompt: string
  setPrompt: (prompt: string) => void
  ask: (prompt: string) => Promise<void>
  isSubmitting: boolean
  /** Whether it is known for whom to ask. */
  isReady: boolean
  placeholder?: string
  /** Further choices, beside the button. */
  children?: ReactNode
}

const prompts = kinds.assistant.request.shape.prompt
const mostCharacters = prompts.maxLength ?? Number.POSITIVE_INFINITY
const sendKeys = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ Enter' : 'Ctrl Enter'

/** The box to ask in; Ctrl or Cmd with Enter sends. What the worker would refuse is told while typing. */
export function AskBox({ prompt, setPrompt, ask, isSubmitting, isReady, placeholder, children }: Props) {
  const { success, error } = prompts.safeParse(prompt)
  const problem = prompt.trim() ? error?.issues[0]?.message : undefined
  const canSend = success && isReady && !isSubmitting

  const submit = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault()
    if (canSend) void ask(prompt)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
  }

  return (
    <Box component="form" className="surface" p="sm" onSubmit={submit}>
      <Textarea
        aria-label="Your question"
        placeholder={placeholder ?? 'Ask anything…'}
        variant="unstyled"
        autosize
        minRows={2}
        maxRows={14}
        autoFocus
        size="md"
        px={6}
        value={prompt}
        error={problem}
        onChange={event => setPrompt(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Group justify="space-between" mt="xs">
        <Group gap="xs">{children}</Group>
        <Group gap="sm">
          {prompt.length > mostCharacters * 0.8 && (
            <Text size="xs" c={success ? 'dimmed' : 'red'}>
              {prompt.length.toLocaleString('en')} of {mostCharacters.toLocaleString('en')}
            </Text>
          )}
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {sendKeys} to send
          </Text>
          <ActionIcon type="submit" size="lg" radius="xl" aria-label="Send" loading={isSubmitting} disabled={!canSend}>
            <IconArrowUp size={18} />
          </ActionIcon>
        </Group>
      </Group>
    </Box>
  )
}
