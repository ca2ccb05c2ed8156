import { Group, List, Text, Typography } from '@mantine/core'
import type { PlannedModule } from '../../../../shared/courses.ts'
import type { Course } from '../../hooks/courses/use-course.ts'
import { courseAddress } from '../../hooks/courses/use-course-address.ts'
import { type LiveCourse, moduleState } from '../../hooks/courses/use-live-course.ts'
import { moduleFacts } from '../../words/course-words.ts'
import { AddressLink } from '../address-link.tsx'
import { MarkdownText } from '../markdown-text.tsx'
import { ModuleMark } from './module-mark.tsx'

type Props = { courseId: string; live: LiveCourse; course: Course }

/** The modules in their order, each with how it stands and what one learns; and what is being written, as it grows. */
export function Outline({ courseId, live, course }: Props) {
  return (
    <ol className="plain-list surface skill-list" aria-label="Modules">
      {course.plan.course_structure.modules.map(module => (
        <li key={module.number}>
          <OutlineItem courseId={courseId} live={live} module={module} />
        </li>
      ))}
    </ol>
  )
}

function OutlineItem({ courseId, live, module }: Omit<Props, 'course'> & { module: PlannedModule }) {
  const { number, title, objectives } = module
  const state = moduleState(live, number)
  const text = live.writing.get(number)
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Text fw={600} c="dimmed" className="tabular" w={22} ta="right" flex="none">
        {number}
      </Text>
      <div style={{ minWidth: 0, flex: 1 }}>
        <Group justify="space-between" gap="xs" align="flex-start" wrap="nowrap">
          <Text fw={600} style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
            <AddressLink to={courseAddress(courseId, { module: number })}>{title}</AddressLink>
          </Text>
          <ModuleMark state={state} />
        </Group>
        <Text size="xs" c="dimmed">
          {moduleFacts(module)}
        </Text>
        {state === 'writing' && text ? (
          <div className="module-draft">
            <Typography className="answer module-text" data-growing aria-busy>
              <MarkdownText text={tailOf(text)} isPart />
            </Typography>
          </div>
        ) : (
          <List size="sm" mt={6} spacing={2} c="dimmed">
            {objectives.map(objective => (
              <List.Item key={objective}>{objective}</List.Item>
            ))}
          </List>
        )}
      </div>
    </Group>
  )
}

// No more than is in sight: several texts grow at the same time.
const mostShown = 700

/** The end of a text, from the beginning of a paragraph where that is near. */
function tailOf(text: string): string {
  if (text.length <= mostShown) return text
  const tail = text.slice(-mostShown)
  const paragraph = tail.indexOf('\n\n')
  return paragraph === -1 ? tail : tail.slice(paragraph + 2)
}
