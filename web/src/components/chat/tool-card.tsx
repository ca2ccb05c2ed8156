import { Collapse, Loader, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useId } from 'react'
import type { ToolCall } from '../../hooks/chat/calls-of.ts'
import { IconAlert, IconOpen, IconTool } from '../../icons.ts'
import { isExcuse, resultLine, toolTitle, valuesLine } from '../../words/tool-words.ts'
import { JsonPart } from '../json-part.tsx'

const unfinished = { running: 'Running…', waiting: 'Waits', 'cut-off': 'Did not finish' }

/** A tool call: which tool, with what, and what came out; in full on demand. */
export function ToolCard({ call: { name, input, result, state } }: { call: ToolCall }) {
  const [isOpen, { toggle }] = useDisclosure(false)
  const id = useId()
  const isBad = state === 'cut-off' || isExcuse(result)
  const sign = state === 'running' ? <Loader size={14} /> : isBad ? <IconAlert size={16} /> : <IconTool size={16} />
  return (
    <section className="surface tool-card" aria-label={`Tool call: ${name}`} data-tone={isBad ? 'bad' : undefined}>
      <UnstyledButton className="tool-card-head" aria-expanded={isOpen} aria-controls={id} onClick={toggle}>
        <span className="tool-card-sign" aria-hidden>
          {sign}
        </span>
        <span style={{ minWidth: 0, flex: 1 }}>
          <Text size="sm" fw={500} truncate>
            {toolTitle(name)}
            {input !== undefined && (
              <Text span size="xs" c="dimmed" fw={400} ml={8}>
                {valuesLine(input)}
              </Text>
            )}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {state === 'done' ? `→ ${resultLine(result ?? null)}` : unfinished[state]}
          </Text>
        </span>
        <IconOpen size={14} className="timeline-chevron" data-open={isOpen || undefined} aria-hidden />
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <div id={id}>
          <JsonPart title={`Input of ${name}`} value={input} />
          <JsonPart title="Result" value={result} />
        </div>
      </Collapse>
    </section>
  )
}
