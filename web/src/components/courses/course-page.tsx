import { Button, Container, Group, Stack, Text } from '@mantine/core'
import type { Course } from '../../hooks/courses/use-course.ts'
import {
  courseAddress,
  employeeAddress,
  employeesAddress,
  useCoursesPlace,
} from '../../hooks/courses/use-course-address.ts'
import { isUnderWay, type LiveCourse } from '../../hooks/courses/use-live-course.ts'
import { IconBook } from '../../icons.ts'
import { hoursName, weeksName } from '../../words/course-words.ts'
import { counted } from '../../words/number-words.ts'
import { follow } from '../address-link.tsx'
import { Section } from '../section.tsx'
import { CourseOverview } from './course-overview.tsx'
import { CourseProgress } from './course-progress.tsx'
import { Crumbs } from './crumbs.tsx'
import { DemoSourcesNote } from './demo-sources-note.tsx'
import { ModulePanel } from './module-panel.tsx'
import { PageTitle } from './page-title.tsx'
import { WholeCourse } from './whole-course.tsx'

type Props = { courseId: string; live: LiveCourse; course: Course }

/** A planned course: as a whole, or one of its modules, as the address says. */
export function CoursePage({ courseId, live, course }: Props) {
  const { module, isWhole } = useCoursesPlace()
  const { plan } = course
  const planned = plan.course_structure.modules.find(({ number }) => number === module)
  const trail = [
    { label: 'Courses', to: employeesAddress() },
    { label: plan.employee_name, to: employeeAddress(plan.employee_id) },
    ...(planned || isWhole ? [{ label: plan.course_title, to: courseAddress(courseId) }] : []),
  ]
  // Who comes to read comes for the course.
  const isDone = plan.finished_at !== null && !isUnderWay(live.agentTask.currentTask?.status)
  return (
    <Container size={1000} px={0} pb="xl" component="article">
      <Stack gap="lg">
        <Crumbs
          trail={trail}
          here={planned ? `Module ${planned.number}` : isWhole ? 'On one page' : plan.course_title}
        />
        {planned ? (
          <ModulePanel key={planned.number} courseId={courseId} live={live} course={course} module={planned} />
        ) : isWhole ? (
          <WholeCourse course={course} />
        ) : (
          <>
            <Head courseId={courseId} course={course} />
            {!isDone && <Making live={live} course={course} />}
            <CourseOverview courseId={courseId} live={live} course={course} />
            {isDone && (
              <Section title="How it was made">
                <Making live={live} course={course} />
              </Section>
            )}
          </>
        )}
      </Stack>
    </Container>
  )
}

function Head({ courseId, course: { plan, contents, sources } }: Omit<Props, 'live'>) {
  const { modules } = plan.course_structure
  const hours = modules.reduce((sum, module) => sum + module.hours, 0)
  const whole = courseAddress(courseId, { isWhole: true })
  return (
    <header>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div style={{ flex: '1 1 420px', minWidth: 0 }}>
          <PageTitle>{plan.course_title}</PageTitle>
          <Text size="sm" c="dimmed" mt={2}>
            For {plan.employee_name} · {counted(modules.length, 'module')} · {hoursName(hours)} in{' '}
            {weeksName(plan.course_duration_weeks)}
          </Text>
        </div>
        {contents.length > 0 && (
          <Button
            component="a"
            href={whole}
            size="xs"
            variant="default"
            leftSection={<IconBook size={14} />}
            onClick={event => follow(event, whole)}
          >
            Read on one page, or print
          </Button>
        )}
      </Group>
      {plan.summary && (
        <Text mt="sm" maw={720} style={{ overflowWrap: 'anywhere' }}>
          {plan.summary}
        </Text>
      )}
      <DemoSourcesNote sources={sources} />
    </header>
  )
}

function Making({ live, course }: { live: LiveCourse; course: Course }) {
  const { currentTask } = live.agentTask
  if (currentTask) return <CourseProgress live={live} task={currentTask} />
  if (course.plan.finished_at || !live.agentTask.missing) return null
  return (
    <Text size="sm" c="dimmed">
      Somebody else asked for this course, and it is not whole: what there is of it shows here as it comes.
    </Text>
  )
}
