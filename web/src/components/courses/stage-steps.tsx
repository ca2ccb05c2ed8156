import { Stepper } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { AgentTask } from '../../../../shared/task.ts'
import type { LiveCourse } from '../../hooks/courses/use-live-course.ts'
import { stageOf, stages } from '../../words/course-words.ts'

/** The agents of a course in their order, and which of them has it now. */
export function StageSteps({ live, task }: { live: LiveCourse; task: AgentTask }) {
  const isNarrow = useMediaQuery('(max-width: 48em)', true, { getInitialValueInEffect: false })
  const stage = stageOf(live.agentTask.steps)
  const isWorking = task.status === 'processing'
  return (
    <Stepper
      active={stage}
      size="xs"
      orientation={isNarrow ? 'vertical' : 'horizontal'}
      aria-label="Stages"
      className="stages"
    >
      {stages.map(({ name, about }, index) => (
        <Stepper.Step
          key={name}
          label={name}
          description={about}
          allowStepSelect={false}
          loading={isWorking && index === stage}
          aria-current={index === stage ? 'step' : undefined}
        />
      ))}
    </Stepper>
  )
}
