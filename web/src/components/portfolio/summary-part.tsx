import { List, Stack, Text } from '@mantine/core'
import type { Kept } from '../../hooks/portfolio/use-analysis.ts'
import { Section } from '../section.tsx'

/** What the planner has made of it all, and what the numbers lack. */
export function SummaryPart({ summary }: { summary: NonNullable<Kept['summary_payload']> }) {
  const { summary: text, highlights = [], notes = [] } = summary
  if (!text && notes.length === 0) return null
  return (
    <Section title={text ? 'In short' : 'To be known'}>
      <Stack gap="sm" className="surface sheet summary">
        {text && (
          <Text fz={{ base: 'md', sm: 'lg' }} lh={1.55} style={{ overflowWrap: 'anywhere' }}>
            {text}
          </Text>
        )}
        {highlights.length > 0 && (
          <List spacing={6} size="sm" aria-label="Highlights">
            {highlights.map(highlight => (
              <List.Item key={highlight}>{highlight}</List.Item>
            ))}
          </List>
        )}
        {notes.map(note => (
          <Text key={note} size="sm" c="dimmed">
            {note}
          </Text>
        ))}
      </Stack>
    </Section>
  )
}
