import { Alert } from '@mantine/core'
import type { Source } from '../../hooks/courses/use-course.ts'
import { IconDemo } from '../../icons.ts'

/** Says where sources come from if it is not the web. */
export function DemoSourcesNote({ sources }: { sources: readonly Source[] }) {
  if (!sources.some(({ origin }) => origin === 'corpus')) return null
  return (
    <Alert className="alarm-note" color="yellow" py="xs" mt="md" icon={<IconDemo size={18} />}>
      No search engine is set up: these sources come from the small library that comes with the product.
    </Alert>
  )
}
