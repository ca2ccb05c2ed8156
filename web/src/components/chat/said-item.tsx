import { Text, Typography } from '@mantine/core'
import type { Said } from '../../../../shared/client/scenario-rows.ts'
import { type Titles, titleOf, withoutPage } from '../../words/scenario-words.ts'
import { MarkdownText } from '../markdown-text.tsx'
import { SourceTag } from './source-tag.tsx'

/** What was said in a conversation, and by whom. */
export function SaidItem({ said: { role, text, source, agent }, titles }: { said: Said; titles: Titles }) {
  if (role === 'user') {
    return (
      <div className="chat-asker">
        <section aria-label="Question" className="chat-asked">
          {withoutPage(text)}
          {source !== 'text' && <SourceTag source={source} />}
        </section>
      </div>
    )
  }
  const speaker = source === 'human' ? 'A person' : titleOf(agent, titles)
  return (
    <section aria-label={`Answer of ${speaker}`} className="surface chat-said" data-source={source}>
      <Text size="xs" fw={600} c="dimmed" mb={2}>
        {speaker}
        {source === 'voice' && <SourceTag source={source} />}
      </Text>
      <Typography className="answer">
        <MarkdownText text={text} isPart />
      </Typography>
    </section>
  )
}
