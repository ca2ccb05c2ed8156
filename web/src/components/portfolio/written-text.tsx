import { Typography } from '@mantine/core'
import { MarkdownText } from '../markdown-text.tsx'

/** A finished text of an agent, on its sheet. */
export function WrittenText({ text }: { text: string }) {
  return (
    <div className="surface sheet">
      <Typography className="answer">
        <MarkdownText text={text} isPart />
      </Typography>
    </div>
  )
}
