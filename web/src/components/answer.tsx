import { Typography } from '@mantine/core'
import { useSmoothText } from '../hooks/use-smooth-text.ts'
import { MarkdownText } from './markdown-text.tsx'

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
