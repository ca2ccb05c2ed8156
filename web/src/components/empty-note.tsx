import { Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** Stands where there are no rows: what that means, and what to do. */
export function EmptyNote({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div style={{ textAlign: 'center' }}>
      <Text fw={600}>{title}</Text>
      {children && (
        <Text component="div" size="sm" c="dimmed" mt={4} maw={460} mx="auto">
          {children}
        </Text>
      )}
    </div>
  )
}
