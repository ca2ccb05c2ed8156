import { useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import type { Database } from '../../../../shared/database.types.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import type { CourseLine } from './course-line.ts'
import { readCourseLines } from './read-course-lines.ts'
import { type Gap, type Position, readGaps } from './use-employees.ts'

type Tables = Database['public']['Tables']

/** A skill of an employee, or one that the position needs. Levels are from 0 to 5. */
export type SkillLine = { skill: string; level: number; required: number | null }

/** An employee with all that the user may know of them. */
export type Employee = {
  id: string
  enterpriseId: string
  name: string
  joinedOn: string
  position: Position | undefined
  profile: Tables['employee_profiles']['Row'] | undefined
  gaps: Gap[]
  /** Those without a gap, the strongest first. */
  strengths: SkillLine[]
}

const everyMs = 5_000

/** An employee; null for none, or none whom the user may see. */
export function useEmployee(employeeId: string) {
  return useQuery<Employee | null, AgentTaskError>({
    queryKey: ['employee', employeeId],
    queryFn: () => readEmployee(employeeId),
  })
}

/** The courses of an employee, the newest first, read again every few seconds. */
export function useCourseHistory(employeeId: string) {
  return useQuery<CourseLine[], AgentTaskError>({
    queryKey: ['course-history', employeeId],
    queryFn: () => readCourseLines([employeeId]),
    refetchInterval: everyMs,
  })
}

async function readEmployee(id: string): Promise<Employee | null> {
  const [row] = await answerOf(supabase.from('employees').select().eq('id', id))
  if (!row) return null
  const [positions, profiles, gaps, owned, needed, skills] = await Promise.all([
    answerOf(supabase.from('positions').select().eq('id', row.position_id)),
    answerOf(supabase.from('employee_profiles').select().eq('employee_id', id)),
    readGaps([id]),
    answerOf(supabase.from('employee_skills').select('skill_id,level').eq('employee_id', id)),
    answerOf(supabase.from('position_skills').select('skill_id,required_level').eq('position_id', row.position_id)),
    answerOf(supabase.from('skills').select('id,name').eq('enterprise_id', row.enterprise_id).limit(1000)),
  ])
  const names = new Map(skills.map(({ id, name }) => [id, name]))
  const required = new Map(needed.map(({ skill_id, required_level }) => [skill_id, required_level]))
  const isGap = new Set(gaps.map(({ skill_id }) => skill_id))
  return {
    id,
    enterpriseId: row.enterprise_id,
    name: row.full_name,
    joinedOn: row.joined_on,
    position: positions[0],
    profile: profiles[0],
    gaps,
    strengths: owned
      .filter(({ skill_id }) => !isGap.has(skill_id))
      .map(({ skill_id, level }) => ({
        skill: names.get(skill_id) ?? 'A skill',
        level,
        required: required.get(skill_id) ?? null,
      }))
      .sort((a, b) => b.level - a.level || a.skill.localeCompare(b.skill)),
  }
}
