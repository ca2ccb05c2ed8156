import { Text, Timeline } from '@mantine/core'
import type { Plan } from '../../hooks/courses/use-course.ts'
import { courseAddress } from '../../hooks/courses/use-course-address.ts'
import { hoursName } from '../../words/course-words.ts'
import { AddressLink } from '../address-link.tsx'

/** What to learn in which week. */
export function LearningPath({ courseId, plan }: { courseId: string; plan: Plan }) {
  const titles = new Map(plan.course_structure.modules.map(({ number, title }) => [number, title]))
  return (
    <div className="surface facts">
      <Timeline bulletSize={14} lineWidth={2} active={-1}>
        {plan.learning_path.map(({ week, modules, hours }) => (
          <Timeline.Item
            key={week}
            title={
              <Text size="sm" fw={600}>
                Week {week}{' '}
                <Text span inherit fw={400} c="dimmed">
                  · {hoursName(hours)}
                </Text>
              </Text>
            }
          >
            {modules.map(number => (
              <Text key={number} size="sm">
                <AddressLink to={courseAddress(courseId, { module: number })} c="inherit">
                  {number}. {titles.get(number) ?? 'Module'}
                </AddressLink>
              </Text>
            ))}
          </Timeline.Item>
        ))}
      </Timeline>
    </div>
  )
}
