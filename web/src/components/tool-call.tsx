import { Accordion, Box, Group, Loader, Text, ThemeIcon } from '@mantine/core'
import type { Json } from '../../../shared/database.types.ts'
import type { Step } from '../../../shared/deltas.ts'
import { IconAlert, IconTool } from '../icons.ts'
import { inOneLine } from '../words/json-words.ts'
import { JsonBlock } from './json-block.tsx'

/** A tool call: in one line what was asked and what came out, on demand in full. */
export function ToolCall({ step, isProcessing }: { step: Step; isProcessing: boolean }) {
  const isRunning = step.status === 'started' && isProcessing
  const wasCutOff = step.status === 'started' && !isProcessing
  return (
    <Accordion.Item value={step.key}>
      <Accordion.Control>
        <Group gap="sm" wrap="nowrap">
          <ThemeIcon variant="light" color={wasCutOff ? 'gray' : 'pine'} size={28} aria-hidden>
            {isRunning ? <Loader size={14} /> : wasCutOff ? <IconAlert size={16} /> : <IconTool size={16} />}
          </ThemeIcon>
          <Box miw={0}>
            <Text size="sm" fw={500} truncate>
              {step.name}{' '}
              <Text span className="mono" c="dimmed">
                {step.input === undefined ? '' : inOneLine(step.input)}
              </Text>
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {isRunning && 'Running…'}
              {wasCutOff && 'Did not finish'}
              {step.status === 'done' && `→ ${inOneLine(step.output ?? null)}`}
            </Text>
          </Box>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Detail title={`Asked by ${step.agent}`} value={step.input} />
        <Detail title="Result" value={step.output} />
      </Accordion.Panel>
    </Accordion.Item>
  )
}

function Detail({ title, value }: { title: string; value: Json | undefined }) {
  if (value === undefined) return null
  return (
    <>
      <Text size="xs" fw={600} c="dimmed" mt="xs" mb={4}>
        {title}
      </Text>
      <JsonBlock value={value} />
    </>
  )
}
