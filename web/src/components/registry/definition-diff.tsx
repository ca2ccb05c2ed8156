import { Text } from '@mantine/core'
import type { ScenarioDefinition } from '../../../../shared/scenarios.ts'
import { linesOf } from '../../words/definition-words.ts'
import { unhidden } from '../../words/json-words.ts'
import { changedParts, diffOf } from '../../words/line-diff.ts'

const around = 2
const names = { '+': 'added', '-': 'removed', ' ': undefined }

/** What a version has changed of the one before; of the first one, that it is. */
export function DefinitionDiff(props: { before: ScenarioDefinition | null; after: ScenarioDefinition }) {
  const { before, after } = props
  if (!before) {
    return (
      <Text size="sm" c="dimmed">
        There is no version before it to compare with.
      </Text>
    )
  }
  const parts = changedParts(diffOf(linesOf(before), linesOf(after)), around)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className="diff" aria-label="What it changed" tabIndex={0}>
      {parts.map((line, index) => {
        const key = `${index} ${line?.text}`
        if (!line) return <div key={key} className="diff-gap" />
        const Sign = line.sign === '+' ? 'ins' : line.sign === '-' ? 'del' : 'div'
        return (
          <Sign key={key} className="diff-line" aria-label={names[line.sign] && `${names[line.sign]}: ${line.text}`}>
            {line.sign} {unhidden(line.text)}
          </Sign>
        )
      })}
    </section>
  )
}

/** A definition to be read alone. */
export function DefinitionText({ definition }: { definition: ScenarioDefinition }) {
  return (
    <section className="surface editor-part" aria-label="Definition">
      <Text size="sm" c="dimmed" mb="sm">
        Platform admins look after it. You may read it and try it.
      </Text>
      <div className="diff-line mono">{unhidden(linesOf(definition).join('\n'))}</div>
    </section>
  )
}
