import { Text } from '@mantine/core'
import type { Json } from '../../../shared/database.types.ts'
import { JsonBlock } from './json-block.tsx'

/** What went into a step or came out of it; nothing where there is nothing. */
export function JsonPart({ title, value }: { title: string; value: Json | undefined }) {
  if (value === undefined) return null
  return (
    <>
      <Text size="xs" fw={600} c="dimmed" mt="xs" mb={4}>
        {title}
      </Text>
      <JsonBlock value={value} />
    </>
  )
}
