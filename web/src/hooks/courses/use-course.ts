import { skipToken, useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { learningPath, plannedModule, prioritizedGap } from '../../../../shared/courses.ts'
import type { Database } from '../../../../shared/database.types.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

type Tables = Database['public']['Tables']

const everyMs = 5_000

/** A page that a search has brought. */
export type Source = Tables['cm_research_sources']['Row']
/** A module that is written, without its text. */
export type Content = Omit<Tables['cm_module_contents']['Row'], 'body' | 'plan_id'>

const openQuestions = z.array(z.string()).catch([])
const metadata = z
  .object({
    rationale: z.string().catch(''),
    assumptions: z.array(z.string()).catch([]),
    left_out: z.array(z.string()).catch([]),
  })
  .nullable()
  .catch(null)

const plan = z.object({
  plan_id: z.string(),
  task_id: z.string().nullable(),
  enterprise_id: z.string(),
  employee_id: z.string(),
  employee_name: z.string(),
  course_title: z.string(),
  course_structure: z.object({ modules: z.array(plannedModule) }),
  prioritized_gaps: z.array(prioritizedGap).catch([]),
  learning_path: learningPath.catch([]),
  planning_metadata: metadata,
  course_duration_weeks: z.number(),
  summary: z.string().nullable(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
})

/** The plan of a course. */
export type Plan = z.output<typeof plan>

/** A course as far as it is made. */
export type Course = {
  plan: Plan
  sources: Source[]
  research: { summary: string | null; openQuestions: string[] } | null
  /** All versions, the newest first. */
  contents: Content[]
}

/** The key under which a course is kept, for those who know that it has changed. */
export const courseKey = (courseId: string) => ['course', courseId]

/** What was read of a course, null where there is nothing yet, and the news of it by then. */
type Reading = { course: Course | null; news: string }

/** A course by its plan or by the task that makes it; null until it is planned, or if it cannot be seen. */
export function useCourse(courseId: string, latestNews: { readonly current: string }) {
  return useQuery<Reading, AgentTaskError>({
    queryKey: courseKey(courseId),
    async queryFn() {
      const news = latestNews.current
      return { course: await readCourse(courseId), news }
    },
    refetchInterval: ({ state }) => everyMsOf(state.data?.course?.plan),
  })
}

/** The text of a module. It never changes: what is written again is a new version. */
export function useModuleText(contentId: string | undefined) {
  return useQuery<string | null, AgentTaskError>({
    queryKey: ['module-text', contentId],
    queryFn: contentId === undefined ? skipToken : () => readText(contentId),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

// Whoever sees the course but not its task hears no news of it.
function everyMsOf(plan: Plan | undefined): number | false {
  return plan?.finished_at === null ? everyMs : false
}

async function readCourse(courseId: string): Promise<Course | null> {
  const [row] = await answerOf(
    supabase.from('cm_course_plans').select().or(`plan_id.eq.${courseId},task_id.eq.${courseId}`).limit(1),
  )
  if (!row) return null
  const id = row.plan_id
  const [sources, research, contents] = await Promise.all([
    answerOf(supabase.from('cm_research_sources').select().eq('plan_id', id).order('number').limit(1000)),
    answerOf(supabase.from('cm_research_sessions').select('summary,open_questions').eq('plan_id', id)),
    answerOf(
      supabase
        .from('cm_module_contents')
        .select('content_id,module_number,version,task_id,title,sources,word_count,created_at')
        .eq('plan_id', id)
        .order('module_number')
        .order('version', { ascending: false })
        .limit(1000),
    ),
  ])
  return { plan: plan.parse(row), sources, research: research.map(readResearch)[0] ?? null, contents }
}

function readResearch({ summary, open_questions }: { summary: string | null; open_questions: unknown }) {
  return { summary, openQuestions: openQuestions.parse(open_questions) }
}

async function readText(contentId: string): Promise<string | null> {
  const [row] = await answerOf(supabase.from('cm_module_contents').select('body').eq('content_id', contentId))
  return row?.body ?? null
}
