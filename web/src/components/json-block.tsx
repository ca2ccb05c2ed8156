import { Code } from '@mantine/core'
import type { Json } from '../../../shared/database.types.ts'
import { inFull } from '../words/json-words.ts'

/** A value in full. */
export function JsonBlock({ value }: { value: Json }) {
  return (
    <Code block mah={320} style={{ overflow: 'auto', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} tabIndex={0}>
      {inFull(value)}
    </Code>
  )
}
