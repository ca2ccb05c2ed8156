import { Text } from '@mantine/core'
import type { Json } from '../../../../shared/database.types.ts'
import { argumentName } from '../../words/argument-words.ts'
import { unhidden } from '../../words/json-words.ts'
import { JsonBlock } from '../json-block.tsx'

/** What a tool is to be called with, a line for each argument. */
export function ArgumentList({ value }: { value: Json }) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return <JsonBlock value={value} />
  const entries = Object.entries(value)
  if (entries.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Without arguments.
      </Text>
    )
  }
  return (
    <dl className="arguments">
      {entries.map(([name, each]) => (
        <div key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {argumentName(unhidden(name))}
          </Text>
          <Text component="dd" size="sm" m={0} fw={500} className="tabular" style={{ overflowWrap: 'anywhere' }}>
            <Value value={each ?? null} />
          </Text>
        </div>
      ))}
    </dl>
  )
}

function Value({ value }: { value: Json }) {
  if (value === null) return <span>none</span>
  if (typeof value === 'boolean') return <span>{value ? 'yes' : 'no'}</span>
  if (typeof value === 'object') return <JsonBlock value={value} />
  return <span style={{ whiteSpace: 'pre-wrap' }}>{unhidden(String(value))}</span>
}
