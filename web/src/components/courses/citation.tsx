import { HoverCard, Text } from '@mantine/core'
import type { MouseEvent } from 'react'
import type { Source } from '../../hooks/courses/use-course.ts'
import { plainExcerpt } from '../../words/source-words.ts'
import { SourceTitle } from './source-list.tsx'

const openDelayMs = 150

/** The number of a source within a text: to be pointed at for what it says, to be followed to the list of sources. */
export function Citation({ source, id }: { source: Source; id: string | undefined }) {
  return (
    <HoverCard width={320} openDelay={openDelayMs} shadow="md" withArrow>
      <HoverCard.Target>
        <a
          className="citation"
          href={`#${id ?? ''}`}
          aria-label={`Source ${source.number}: ${source.title}`}
          onClick={event => goToSource(event, id)}
        >
          {source.number}
        </a>
      </HoverCard.Target>
      <HoverCard.Dropdown className="no-print">
        <SourceTitle source={source} />
        <Text size="xs" c="dimmed" mt={4} lineClamp={6}>
          {plainExcerpt(source.excerpt)}
        </Text>
      </HoverCard.Dropdown>
    </HoverCard>
  )
}

// The way back is to lead to the page before, not up the same page.
function goToSource(event: MouseEvent, id: string | undefined): void {
  event.preventDefault()
  if (!id) return
  const item = document.getElementById(id)
  item?.focus({ preventScroll: true })
  item?.scrollIntoView({ block: 'center' })
}
