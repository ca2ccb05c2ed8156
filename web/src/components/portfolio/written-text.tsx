import { Typography } from '@mantine/core'
import { useSmoothText } from '../../hooks/use-smooth-text.ts'
import { MarkdownText } from '../markdown-text.tsx'

/** A text of an agent on its sheet, finished or as it grows. */
export function WrittenText({ text, isGrowing = false }: { text: string; isGrowing?: boolean }) {
  const shown = useSmoothText(text, isGrowing)
  return (
    <div className="surface sheet" aria-busy={isGrowing}>
      <Typography className="answer" data-growing={isGrowing || undefined}>
        <MarkdownText text={shown} isPart />
      </Typography>
    </div>
  )
}
