import { Box, Group, Text, Typography } from '@mantine/core'
import { IconGuardrail, IconHandoff, IconPerson, IconTalk } from '../../icons.ts'
import type { Entry, Message, PersonStep } from '../../voice/transcript.ts'
import { MarkdownText } from '../markdown-text.tsx'
import { Event } from './event.tsx'
import { ToolLine } from './tool-line.tsx'

type Agents = readonly { name: string; title: string }[]

/** A line of the transcript: what was said, or what happened in between. */
export function EntryLine({ entry, agents }: { entry: Entry; agents: Agents }) {
  const titleOf = (name: string | null) => agents.find(agent => agent.name === name)?.title ?? name ?? 'Assistant'
  switch (entry.kind) {
    case 'message':
      return <MessageLine message={entry} title={titleOf(entry.agent)} />
    case 'tool':
      return <ToolLine call={entry} />
    case 'switch':
      return (
        <Event icon={<IconHandoff size={15} />}>
          {titleOf(entry.to)} answers from here on{entry.reason ? `: ${entry.reason}` : ''}
        </Event>
      )
    case 'person':
      return <Event icon={<IconPerson size={15} />}>{stepWords(entry)}</Event>
    case 'notice':
      return (
        <Event icon={<IconGuardrail size={15} />} isAlarm>
          {entry.text}
        </Event>
      )
  }
}

function stepWords({ step, reason }: PersonStep): string {
  switch (step) {
    case 'asked':
      return `A person was asked for; the agents keep silent: “${reason}”`
    case 'came':
      return 'A person is with you'
    case 'left':
      return 'The agents answer again'
  }
}

function MessageLine({ message, title }: { message: Message; title: string }) {
  const isOwn = message.role === 'user'
  const { state, isSpoken, isFromPerson } = message
  return (
    <Box
      className="dock-message"
      data-own={isOwn || undefined}
      data-person={isFromPerson || undefined}
      aria-busy={state === 'writing'}
    >
      <Group gap={4} mb={2} justify={isOwn ? 'flex-end' : 'flex-start'}>
        <Text size="xs" c="dimmed">
          {isOwn ? 'You' : isFromPerson ? 'A person' : title}
        </Text>
        {isFromPerson && <IconPerson size={12} aria-hidden />}
        {isSpoken && <IconTalk size={12} aria-label="spoken" />}
      </Group>
      <MessageWords message={message} />
    </Box>
  )
}

/** What a user wrote stands as it was written; agents and people answer in Markdown. */
function MessageWords({ message: { role, text, state } }: { message: Message }) {
  if (state === 'withheld' || text === '') {
    const words = state === 'withheld' ? 'Withheld.' : state === 'writing' ? '…' : '(nothing understood)'
    return (
      <Text size="sm" className="dock-words" data-withheld={state === 'withheld' || undefined}>
        {words}
      </Text>
    )
  }
  const cut = state === 'cut' && (
    <Text span c="dimmed" size="xs">
      {' '}
      – cut short
    </Text>
  )
  if (role === 'user') {
    return (
      <Text size="sm" className="dock-words">
        {text}
        {cut}
      </Text>
    )
  }
  return (
    <Typography className="dock-words answer">
      <MarkdownText text={text} isPart />
      {cut}
    </Typography>
  )
}
