import { Typography } from '@mantine/core'
import { type ComponentProps, memo } from 'react'
import Markdown, { type ExtraProps } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { useSmoothText } from '../hooks/use-smooth-text.ts'

/** The answer as it grows. What changes in here is not read out: the status line says when it is done. */
export function Answer({ text, isGrowing }: { text: string; isGrowing: boolean }) {
  const shown = useSmoothText(text, isGrowing)
  return (
    <section aria-label="Answer" aria-busy={isGrowing}>
      <Typography className="answer" data-growing={isGrowing || undefined}>
        <MarkdownText text={shown} />
      </Typography>
    </section>
  )
}

const MarkdownText = memo(({ text }: { text: string }) => (
  // No images: to fetch one tells its server what a talked-over agent has put into the address.
  <Markdown remarkPlugins={[remarkGfm]} disallowedElements={['img']} components={{ a: OutwardLink }}>
    {text}
  </Markdown>
))

// The answer stays open while one looks at what it points to.
function OutwardLink({ node: _, ...link }: ComponentProps<'a'> & ExtraProps) {
  return <a {...link} target="_blank" rel="noreferrer" />
}
