import { Collapse, Loader, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useId } from 'react'
import type { TimelineEntry } from '../../../../shared/client/task-timeline.ts'
import { type AgentTask, isFinished } from '../../../../shared/task.ts'
import { IconAlert, IconOpen, IconTool } from '../../icons.ts'
import { inOneLine } from '../../words/json-words.ts'
import { stepFacts } from '../../words/timeline-words.ts'
import { JsonPart } from '../json-part.tsx'
import { ForkMenu } from './fork-menu.tsx'
import { Line } from './line.tsx'

type Props = { entry: Extract<TimelineEntry, { type: 'step' }>; task: AgentTask; userId: string | null }

/** A tool call: in one line what was asked and what came out, on demand in full. */
export function ToolLine({ entry: { step, isCopied }, task, userId }: Props) {
  const [isOpen, { toggle }] = useDisclosure(false)
  const id = useId()
  const isDone = step.status === 'done'
  const wasCutOff = !isDone && isFinished(task.status)
  const isRunning = !isDone && task.status === 'processing'
  const sign = isRunning ? <Loader size={14} /> : wasCutOff ? <IconAlert size={14} /> : <IconTool size={14} />
  return (
    <Line
      sign={sign}
      facts={isCopied ? ['taken over'] : stepFacts(step)}
      menu={<ForkMenu step={step} task={task} userId={userId} />}
    >
      <UnstyledButton w="100%" className="timeline-tool" aria-expanded={isOpen} aria-controls={id} onClick={toggle}>
        <Text size="sm" fw={500} truncate>
          {step.name}{' '}
          <Text span className="mono" c="dimmed">
            {step.input === undefined ? '' : inOneLine(step.input)}
          </Text>
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {isDone
            ? `→ ${inOneLine(step.output ?? null)}`
            : isRunning
              ? 'Running…'
              : wasCutOff
                ? 'Did not finish'
                : 'Waits'}
        </Text>
        <IconOpen size={14} className="timeline-chevron" data-open={isOpen || undefined} aria-hidden />
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <section id={id} aria-label={`${step.name} in full`}>
          <JsonPart title={`Asked by ${step.agent}`} value={step.input} />
          <JsonPart title="Result" value={step.output} />
        </section>
      </Collapse>
    </Line>
  )
}
