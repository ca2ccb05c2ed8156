import { Text } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = { label: string; value: string; tone?: 'good' | 'fair' | 'bad'; children: ReactNode }

/** One number with what it is, and what it means. */
export function FactTile({ label, value, tone, children }: Props) {
  return (
    <div className="surface fact-tile" data-tone={tone}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fz={{ base: 'lg', sm: 'xl' }} fw={650} className="tabular fact-value" lh={1.3}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {children}
      </Text>
    </div>
  )
}
