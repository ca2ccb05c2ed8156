import { Container } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useEffect } from 'react'
import type { AgentTask } from '../../../../shared/task.ts'
import { courseAddress } from '../../hooks/courses/use-course-address.ts'
import { useLiveCourse } from '../../hooks/courses/use-live-course.ts'
import { addressOf, goTo } from '../../hooks/use-address.ts'
import { ErrorNote } from '../error-note.tsx'
import { TaskPlaceholder } from '../task-placeholder.tsx'
import { CoursePage } from './course-page.tsx'
import { NoSuch } from './no-such.tsx'
import { UnplannedCourse } from './unplanned-course.tsx'

/** A course by its plan or its task: while it is made, and to be read. */
export function CoursePanel({ courseId }: { courseId: string }) {
  const live = useLiveCourse(courseId)
  const { course, error, agentTask } = live
  const { currentTask: task, missing, readError } = agentTask
  const elsewhere = course ? planAddress(course.plan, courseId) : task && taskAddress(task)
  useEffect(() => {
    if (elsewhere) goTo(elsewhere, { replace: true })
  }, [elsewhere])
  useDocumentTitle(`${course?.plan.course_title ?? 'Course'} – Liverow`)

  if (course) return <CoursePage courseId={courseId} live={live} course={course} />
  if (missing) return <NoSuch what="course" />
  if (task && !elsewhere) return <UnplannedCourse live={live} task={task} />
  const problem = error ?? readError
  return (
    <Container size={760} px={0}>
      {problem ? <ErrorNote error={problem} title="The course cannot be read" /> : <TaskPlaceholder />}
    </Container>
  )
}

// A new life of the task has a new plan: the task's id is the one that lasts.
function planAddress({ plan_id, task_id }: { plan_id: string; task_id: string | null }, courseId: string) {
  return task_id !== null && courseId === plan_id && courseId !== task_id ? withCourse(task_id) : null
}

function withCourse(courseId: string): string {
  const address = new URLSearchParams(location.search)
  address.set('course', courseId)
  return `?${address}`
}

/** Where a task that makes no course is shown: one that writes a module again, with its course. */
function taskAddress({ id, kind, request_payload }: AgentTask): string | null {
  const { planId, module } = request_payload
  if (kind === 'course-generation') return null
  if (kind === 'course-module' && typeof planId === 'string' && typeof module === 'number') {
    return courseAddress(planId, { module })
  }
  return addressOf({ task: id })
}
