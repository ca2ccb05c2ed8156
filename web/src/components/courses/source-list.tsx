import { Spoiler, Text } from '@mantine/core'
import type { Source } from '../../hooks/courses/use-course.ts'
import { pageOf, plainExcerpt } from '../../words/source-words.ts'

type Props = {
  sources: readonly Source[]
  /** Makes the items ones that citations can lead to. */
  idOf?: (number: number) => string
}

/** Sources with what they say; those of the demo library are no web pages and lead nowhere. */
export function SourceList({ sources, idOf }: Props) {
  return (
    <ol className="plain-list source-list">
      {sources.map(source => (
        <li key={source.number} id={idOf?.(source.number)} tabIndex={idOf && -1}>
          <Text size="sm" c="dimmed" className="tabular" component="span">
            [{source.number}]
          </Text>
          <div style={{ minWidth: 0 }}>
            <SourceTitle source={source} />
            <Spoiler maxHeight={0} showLabel="What it says" hideLabel="Hide" className="source-excerpt">
              <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {plainExcerpt(source.excerpt)}
              </Text>
            </Spoiler>
          </div>
        </li>
      ))}
    </ol>
  )
}

/** The title of a source, and where it is. */
export function SourceTitle({ source: { title, url } }: { source: Source }) {
  const { href, place } = pageOf(url)
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {href ? (
        <a className="outward" href={href} target="_blank" rel="noreferrer">
          {title}
        </a>
      ) : (
        title
      )}
      <Text span size="xs" c="dimmed">
        {' '}
        · {place}
      </Text>
    </Text>
  )
}
