import type { Database } from '../../../../shared/database.types.ts'
import type { TaskStatus } from '../../../../shared/task.ts'

type Plan = Pick<
  Database['public']['Tables']['cm_course_plans']['Row'],
  'plan_id' | 'task_id' | 'employee_id' | 'course_title' | 'total_modules' | 'created_at' | 'finished_at'
>
type Job = Pick<
  Database['public']['Views']['course_generation_jobs']['Row'],
  'job_id' | 'plan_id' | 'employee_id' | 'status' | 'modules_written' | 'created_at'
>

/** A course in a list. */
export type CourseLine = {
  /** Its task, or its plan where the task cannot be seen. */
  id: string
  employeeId: string
  /** Null until it is planned. */
  title: string | null
  /** Null where only somebody else sees the task. */
  status: TaskStatus | null
  isWhole: boolean
  written: number | null
  modules: number | null
  createdAt: string
}

/** Joins plans and tasks: either may be there without the other. */
export function courseLines(plans: readonly Plan[], jobs: readonly Job[]): CourseLine[] {
  const planOfTask = new Map(plans.map(plan => [plan.task_id, plan]))
  const seen = new Set(jobs.map(({ job_id }) => job_id))
  const ofJobs = jobs.map(job => lineOf(planOfTask.get(job.job_id), job))
  const ofPlans = plans.filter(({ task_id }) => task_id === null || !seen.has(task_id)).map(plan => lineOf(plan))
  return [...ofJobs, ...ofPlans].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
}

function lineOf(plan: Plan | undefined, job?: Job): CourseLine {
  return {
    id: job?.job_id ?? plan?.task_id ?? plan?.plan_id ?? '',
    employeeId: plan?.employee_id ?? job?.employee_id ?? '',
    title: plan?.course_title ?? null,
    status: (job?.status as TaskStatus | undefined) ?? null,
    isWhole: plan?.finished_at != null,
    written: job?.modules_written ?? null,
    modules: plan?.total_modules ?? null,
    createdAt: job?.created_at ?? plan?.created_at ?? '',
  }
}
