import { Box, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = {
  sign: ReactNode
  /** How strongly it speaks: model calls are many and of little interest. */
  tone?: 'plain' | 'quiet' | 'good' | 'bad' | 'alarm'
  facts?: readonly string[]
  /** What can be done with it. */
  menu?: ReactNode
  children: ReactNode
}

/** An entry of a timeline: its sign, what happened, and beside it what that took. */
export function Line({ sign, tone = 'plain', facts = [], menu, children }: Props) {
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start" className="timeline-row" data-tone={tone}>
      <span className="timeline-sign" aria-hidden>
        {sign}
      </span>
      <Box className="timeline-what">
        <Box miw={0}>{children}</Box>
        {facts.length > 0 && (
          <Text size="xs" c="dimmed" className="tabular timeline-cost">
            {facts.join(' · ')}
          </Text>
        )}
      </Box>
      <span className="timeline-menu">{menu}</span>
    </Group>
  )
}
