import { Box, Group, Text } from '@mantine/core'
import type { LogLine } from '../../voice/voice-state.ts'
import { EmptyNote } from '../empty-note.tsx'

const signs: Record<LogLine['way'], { sign: string; words: string }> = {
  sent: { sign: '▲', words: 'sent' },
  received: { sign: '▼', words: 'received' },
  here: { sign: '●', words: 'here' },
}

/** What went over the wire and what the page did, the latest first. */
export function LogList({ logs }: { logs: readonly LogLine[] }) {
  if (logs.length === 0) {
    return (
      <Box p="xl">
        <EmptyNote title="Nothing yet">Each event of a call stands here, for those who look for a fault.</EmptyNote>
      </Box>
    )
  }
  return (
    <Box component="ol" className="plain-list" aria-label="Log" p="xs">
      {logs.toReversed().map(({ id, at, way, type, detail }) => (
        <li key={id}>
          <details className="dock-log">
            <summary>
              <Group gap={6} wrap="nowrap" component="span">
                <span aria-hidden="true" data-way={way}>
                  {signs[way].sign}
                </span>
                <span className="visually-hidden">{signs[way].words}</span>
                <Text span className="mono" truncate flex={1}>
                  {type}
                </Text>
                <Text span className="mono" c="dimmed">
                  {new Date(at).toLocaleTimeString('en', { hour12: false })}
                </Text>
              </Group>
            </summary>
            <pre className="mono">{JSON.stringify(detail, null, 2)}</pre>
          </details>
        </li>
      ))}
    </Box>
  )
}
