import type { Result, Scene } from '../scene.ts'
import { call, handoff, type Script } from '../script.ts'
import { courseIn } from './course-skills.ts'

type Gap = { skill: string; current_level: number; required_level: number; priority_name: string; priority: number }
type Frame = {
  number: number
  skill: string
  from_level: number
  to_level: number
  hours: number
  depends_on: number[]
}

export const coordinator: Script = {
  name: 'Course Generation Coordinator',
  agent: /^You are the Course Generation Coordinator\b/,
  turn: () => handoff('Planning Agent'),
}

/** Looks up, computes, computes, stores, explains, hands over. */
export const planner: Script = {
  name: 'Planning Agent',
  agent: /^You are the Planning Agent\b/,
  turn: scene => {
    const [profile, gaps] = [
      read<Profile>(scene, 'analyze_employee_profile'),
      read<Gap[]>(scene, 'prioritize_skill_gaps'),
    ]
    if (!profile || !gaps) return [call('analyze_employee_profile', {}), call('prioritize_skill_gaps', {})]
    const frame = read<{ modules: Frame[]; left_out: string[] }>(scene, 'generate_course_structure_plan')
    if (!frame)
      return call('generate_course_structure_plan', { gaps: chosen(gaps, scene).map(asked), modules: numberIn(scene) })
    const queries = read<object[]>(scene, 'generate_research_queries')
    const path = read<{ duration_weeks: number; learning_path: object[] }>(scene, 'create_personalized_learning_path')
    if (!queries || !path)
      return [
        call('generate_research_queries', queriesOf(frame.modules, profile)),
        call('create_personalized_learning_path', pathOf(frame.modules, profile)),
      ]
    if (scene.results('store_course_plan').length === 0) {
      const course_structure = {
        title: titleOf(profile, frame.modules),
        duration_weeks: path.duration_weeks,
        modules: frame.modules.map(named),
      }
      return call('store_course_plan', {
        course_structure,
        research_strategy: queries,
        learning_path: path.learning_path,
      })
    }
    if (scene.results('store_planning_metadata').length === 0)
      return call('store_planning_metadata', reasons(profile, frame))
    return handoff('Research Agent')
  },
}

type Profile = {
  name: string
  position: string
  level: string
  learning_style: string
  hours_per_week: number
  goals: string
}

/** What a tool has returned, or nothing yet. */
export function read<T>(scene: Scene, tool: string): T | undefined {
  const result = scene.results(tool).at(-1)
  return result && (outputOf(result) as T | undefined)
}

export function outputOf({ output }: Result): unknown {
  try {
    return JSON.parse(output)
  } catch {
    return undefined
  }
}

/** All gaps, or those that a wish names. */
function chosen(gaps: Gap[], { prompt }: Scene): Gap[] {
  const wish = prompt.match(/Wish: (.*)$/s)?.[1]?.toLowerCase() ?? ''
  const wished = gaps.filter(({ skill }) => wish.includes(skill.toLowerCase()))
  return wished.length > 0 && /\bonly\b/.test(wish) ? wished : gaps
}

function asked({ skill, current_level, required_level, priority_name }: Gap) {
  return { skill, current_level, required_level, priority_name }
}

function numberIn({ prompt }: Scene): number | null {
  const number = prompt.match(/Modules asked for: (\d+)/)?.[1]
  return number ? Number(number) : null
}

function queriesOf(modules: Frame[], { position }: Profile) {
  return { position, modules: modules.map(({ number, skill, to_level }) => ({ number, skill, to_level })) }
}

function pathOf(modules: Frame[], { hours_per_week }: Profile) {
  return { hours_per_week, modules: modules.map(({ number, hours }) => ({ number, hours })) }
}

function named({ number, skill, from_level, to_level, hours, depends_on }: Frame) {
  const further = depends_on.length > 0 ? 5 : to_level
  const { title, objectives } = courseIn(skill, further)
  return { number, title, skill, from_level, to_level, objectives, hours, depends_on }
}

function titleOf({ position }: Profile, modules: Frame[]): string {
  const [first = 'New skills', second] = new Set(modules.map(({ skill }) => skill))
  return `${first}${second ? ' and more' : ''} for ${withArticle(position)}`
}

function withArticle(position: string): string {
  return `${/^[aeiou]/i.test(position) ? 'an' : 'a'} ${position.toLowerCase()}`
}

function reasons(
  { position, hours_per_week }: Profile,
  { modules, left_out }: { modules: Frame[]; left_out: string[] },
) {
  const [first] = modules
  return {
    rationale: `${first?.skill} comes first because it is the most pressing gap for ${withArticle(position)}. Modules of one skill follow each other; the others can be taken in any order.`,
    assumptions: [`${hours_per_week} hours a week to learn`, 'Two hours for each level of a skill'],
    left_out,
  }
}
