import { Badge } from '@mantine/core'
import { sourceNames } from '../../words/scenario-words.ts'

/** Says how something came into a conversation, where it was not typed. */
export function SourceTag({ source }: { source: keyof typeof sourceNames }) {
  return (
    <Badge component="span" size="xs" variant="default" tt="none" fw={500} ml={6}>
      {sourceNames[source]}
    </Badge>
  )
}
