import { useThrottledValue } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import type { TaskStatus } from '../../../../shared/task.ts'
import { useAgentTask } from '../useAgentTask.ts'
import { courseKey, useCourse } from './use-course.ts'
import { writingOf } from './writing.ts'

const pauseMs = 800

/** A course with the task that makes it: read again whenever one of its steps is done. */
export function useLiveCourse(courseId: string) {
  const queries = useQueryClient()
  const latestNews = useRef('')
  const { data, error } = useCourse(courseId, latestNews)
  const course = data?.course
  const taskId = course === undefined ? null : course ? course.plan.task_id : courseId
  const agentTask = useAgentTask({ taskId })
  const { currentTask: task, steps, pieces } = agentTask
  const done = steps.filter(({ status }) => status === 'done').length
  const news = task ? `${task.life} ${task.status} ${done}` : ''
  const heard = useThrottledValue(news, pauseMs)
  const known = data?.news
  useEffect(() => {
    latestNews.current = heard
    // A reading under way is let come to its end: where news is quicker than readings, nothing else would ever be seen.
    if (known !== heard) void queries.invalidateQueries({ queryKey: courseKey(courseId) }, { cancelRefetch: false })
  }, [queries, courseId, heard, known])
  // What the last steps have stored may still have to be read.
  const isCurrent = known === news
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are all that it reads of the view.
  const writing = useMemo(() => writingOf(agentTask, isCurrent), [task, steps, pieces, isCurrent])
  return { course, error, agentTask, writing, isCurrent }
}

/** A course as it is made and read. */
export type LiveCourse = ReturnType<typeof useLiveCourse>

/** How a module stands. */
export type ModuleState = 'written' | 'writing' | 'planned' | 'missing'

/** How a module of a course stands; missing is one that nobody is going to write by themselves. */
export function moduleState(live: LiveCourse, module: number): ModuleState {
  const { course, writing, agentTask, isCurrent } = live
  if (course?.contents.some(({ module_number }) => module_number === module)) return 'written'
  if (writing.has(module)) return 'writing'
  return isUnderWay(agentTask.currentTask?.status) || !isCurrent ? 'planned' : 'missing'
}

/** Tells whether a course is still being made, as far as the user may see. */
export function isUnderWay(status: TaskStatus | undefined): boolean {
  return status !== undefined && status !== 'completed' && status !== 'failed' && status !== 'cancelled'
}
