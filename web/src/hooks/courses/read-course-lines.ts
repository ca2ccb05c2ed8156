import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import { type CourseLine, courseLines } from './course-line.ts'

const most = 1000

/** The courses made for these employees and those that are being made, the newest first. */
export async function readCourseLines(employeeIds: readonly string[]): Promise<CourseLine[]> {
  if (employeeIds.length === 0) return []
  const [plans, jobs] = await Promise.all([
    answerOf(
      supabase
        .from('cm_course_plans')
        .select('plan_id,task_id,employee_id,course_title,total_modules,created_at,finished_at')
        .in('employee_id', employeeIds)
        .order('created_at', { ascending: false })
        .limit(most),
    ),
    answerOf(
      supabase
        .from('course_generation_jobs')
        .select('job_id,plan_id,employee_id,status,modules_written,created_at')
        .in('employee_id', employeeIds)
        .order('created_at', { ascending: false })
        .limit(most),
    ),
  ])
  return courseLines(plans, jobs)
}
