import { Text } from '@mantine/core'
import { settings } from '../config.ts'

/** Says where an answer comes from if no AI provider is called. */
export function DemoBanner() {
  if (settings().VITE_MODEL !== 'demo') return null
  return (
    <Text size="sm" c="dimmed" ta="center">
      Demo model: scripted answers, no AI provider is called.
    </Text>
  )
}
