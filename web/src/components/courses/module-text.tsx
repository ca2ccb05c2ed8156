import { Typography } from '@mantine/core'
import { memo, useMemo } from 'react'
import type { Components } from 'react-markdown'
import type { Source } from '../../hooks/courses/use-course.ts'
import { useSmoothText } from '../../hooks/use-smooth-text.ts'
import { MarkdownText, OutwardLink } from '../markdown-text.tsx'
import { Citation } from './citation.tsx'
import { citations, citedBy } from './citations.ts'

type Props = {
  text: string
  sources: readonly Source[]
  /** The id of the list item of a source on this page, if there is such a list. */
  idOf?: ((number: number) => string) | undefined
  isGrowing?: boolean
  /** It stands under a heading of the page, and its own ones come below that. */
  isPart?: boolean
}

/** The text of a module; the numbers in it lead to its sources. */
export function ModuleText({ text, sources, idOf, isGrowing = false, isPart = false }: Props) {
  const shown = useSmoothText(text, isGrowing)
  return (
    <Typography className="answer module-text" data-growing={isGrowing || undefined} aria-busy={isGrowing}>
      <CitingText text={shown} sources={sources} idOf={idOf} isPart={isPart} />
    </Typography>
  )
}

type CitingProps = Pick<Props, 'text' | 'sources' | 'idOf' | 'isPart'>

const CitingText = memo(({ text, sources, idOf, isPart }: CitingProps) => {
  const plugins = useMemo(() => [citations(new Set(sources.map(({ number }) => number)))], [sources])
  const links = useMemo<Components>(() => {
    return {
      a: link => {
        const source = sources.find(({ number }) => number === citedBy(link.href))
        return source ? <Citation source={source} id={idOf?.(source.number)} /> : <OutwardLink {...link} />
      },
    }
  }, [sources, idOf])
  return <MarkdownText text={text} isPart={isPart ?? false} plugins={plugins} parts={links} />
})
