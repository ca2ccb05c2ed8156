import { Collapse, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { TimelineEntry } from '../../../../shared/client/task-timeline.ts'
import type { Step } from '../../../../shared/deltas.ts'
import type { AgentTask } from '../../../../shared/task.ts'
import { IconGuardrail, IconHandoff, IconModel, IconRetry, IconStep } from '../../icons.ts'
import { stepFacts, stepTitle } from '../../words/timeline-words.ts'
import { ForkMenu } from './fork-menu.tsx'
import { Line } from './line.tsx'

type Props = { entry: Extract<TimelineEntry, { type: 'step' }>; task: AgentTask; userId: string | null }

const icons = {
  model: IconModel,
  tool: IconStep,
  handoff: IconHandoff,
  guardrail: IconGuardrail,
  retry: IconRetry,
  step: IconStep,
}
const tones: Partial<Record<Step['kind'], 'quiet' | 'alarm'>> = { model: 'quiet', step: 'quiet', retry: 'alarm' }

/** A model call with what it wrote, a handoff, a guardrail's verdict, a repetition or a step of the pipeline's own. */
export function StepLine({ entry: { step, text, isCopied }, task, userId }: Props) {
  const [isOpen, { toggle }] = useDisclosure(false)
  const Icon = icons[step.kind]
  const facts = isCopied ? ['taken over'] : stepFacts(step)
  const title = stepTitle(step)
  return (
    <Line
      sign={<Icon size={14} />}
      tone={tones[step.kind] ?? 'plain'}
      facts={facts}
      menu={step.kind === 'model' && <ForkMenu step={step} task={task} userId={userId} />}
    >
      {text ? (
        <>
          <UnstyledButton className="timeline-title" aria-expanded={isOpen} onClick={toggle}>
            {title}
            <span className="timeline-more" aria-hidden>
              {isOpen ? 'hide its words' : 'its words'}
            </span>
          </UnstyledButton>
          <Collapse expanded={isOpen}>
            <Text size="sm" className="timeline-words">
              {text}
            </Text>
          </Collapse>
        </>
      ) : (
        <span className="timeline-title">{title}</span>
      )}
    </Line>
  )
}
