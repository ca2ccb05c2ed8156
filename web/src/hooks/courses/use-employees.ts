import { useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import type { Database } from '../../../../shared/database.types.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import type { CourseLine } from './course-line.ts'
import { readCourseLines } from './read-course-lines.ts'

/** What an employee lacks for the position. */
export type Gap = Database['public']['Views']['employee_skill_gaps']['Row']
export type Position = Database['public']['Tables']['positions']['Row']

/** An employee in the list. */
export type EmployeeLine = {
  id: string
  name: string
  /** Undefined where the user may not see it. */
  position: Position | undefined
  /** The most pressing first. */
  gaps: Gap[]
  latestCourse: CourseLine | undefined
}

/** A page of employees; the search is for names, positions and departments. */
export type EmployeePage = { employees: EmployeeLine[]; hasMore: boolean }

/** So many employees are on a page. */
const pageSize = 50
const everyMs = 5_000

/** The employees whom the user may see, by name, a page at a time. */
export function useEmployees(search: string, page: number) {
  return useQuery<EmployeePage, AgentTaskError>({
    queryKey: ['employees', search, page],
    queryFn: () => readPage(search, page),
    refetchInterval: everyMs,
    placeholderData: previous => previous,
  })
}

async function readPage(search: string, page: number): Promise<EmployeePage> {
  const positions = await answerOf(supabase.from('positions').select().limit(1000))
  // One more than is shown tells whether there are further ones.
  const first = page * pageSize
  let request = supabase
    .from('employees')
    .select('id,full_name,position_id')
    .order('full_name')
    .order('id')
    .range(first, first + pageSize)
  const word = search.trim().toLowerCase()
  if (word) {
    const ids = positions.filter(position => describes(position, word)).map(({ id }) => id)
    request = request.or([`full_name.ilike.%${pattern(word)}%`, ...oneOf(ids)].join(','))
  }
  const rows = await answerOf(request)
  const shown = rows.slice(0, pageSize)
  const ids = shown.map(({ id }) => id)
  const [gaps, courses] = await Promise.all([readGaps(ids), readCourseLines(ids)])
  const employees = shown.map(({ id, full_name, position_id }) => ({
    id,
    name: full_name,
    position: positions.find(position => position.id === position_id),
    gaps: gaps.filter(({ employee_id }) => employee_id === id),
    latestCourse: courses.find(({ employeeId }) => employeeId === id),
  }))
  return { employees, hasMore: rows.length > pageSize }
}

/** The gaps of these employees, the most pressing first. */
export async function readGaps(employeeIds: readonly string[]): Promise<Gap[]> {
  if (employeeIds.length === 0) return []
  return await answerOf(
    supabase
      .from('employee_skill_gaps')
      .select()
      .in('employee_id', employeeIds)
      .order('priority', { ascending: false })
      .order('skill')
      .limit(1000),
  )
}

function describes({ title, department, level }: Position, word: string): boolean {
  return `${level} ${title} ${department}`.toLowerCase().includes(word)
}

// Signs that may mean something to the pattern or to the filter around it match any sign.
function pattern(word: string): string {
  return word.replaceAll(/[^\p{L}\p{N} ]/gu, '_')
}

function oneOf(positionIds: readonly string[]): string[] {
  return positionIds.length > 0 ? [`position_id.in.(${positionIds.join(',')})`] : []
}
