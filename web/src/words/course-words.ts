import { z } from 'zod'
import type { PlannedModule } from '../../../shared/courses.ts'
import type { Step } from '../../../shared/deltas.ts'
import { counted, rounded } from './number-words.ts'

/** What the levels of a skill mean. */
const levels = ['none yet', 'beginner', 'basic', 'independent', 'advanced', 'expert']

/** A level in words: "level 3 of 5 (independent)". */
export function levelName(level: number): string {
  return `level ${level} of 5 (${levels[level] ?? 'unknown'})`
}

/** The colour of a priority; never the only sign of it. */
export const priorityColor: Record<string, string> = { critical: 'red', high: 'orange', medium: 'yellow', low: 'gray' }

const importances = ['', 'nice to have', 'useful', 'needed', 'important', 'essential']

/** How much a position needs a skill, from 1 to 5. */
export function importanceName(importance: number): string {
  return importances[importance] ?? String(importance)
}

const styles: Record<string, string> = {
  reading: 'by reading',
  'hands-on': 'hands-on',
  discussion: 'by talking things over',
  mixed: 'in mixed ways',
}

/** How somebody learns. */
export function styleName(style: string): string {
  return styles[style] ?? style
}

const ranks: Record<string, string> = { junior: 'Junior', mid: 'Mid-level', senior: 'Senior', lead: 'Lead' }

/** The level of a position: "Senior". */
export function rankName(level: string): string {
  return ranks[level] ?? level
}

/** What a module takes and brings: "SQL · level 2 → 3 · 4 hours". */
export function moduleFacts({ skill, from_level, to_level, hours }: PlannedModule): string {
  return `${skill} · level ${from_level} → ${to_level} · ${hoursName(hours)}`
}

/** "1 hour", "2.5 hours". */
export function hoursName(hours: number): string {
  return `${rounded(hours)} ${hours === 1 ? 'hour' : 'hours'}`
}

/** "3 weeks". */
export function weeksName(weeks: number): string {
  return counted(weeks, 'week')
}

const doings: Record<string, string> = {
  analyze_employee_profile: 'Reading the profile',
  prioritize_skill_gaps: 'Weighing the gaps',
  generate_course_structure_plan: 'Laying out the modules',
  generate_research_queries: 'Thinking up searches',
  create_personalized_learning_path: 'Fitting modules into weeks',
  store_course_plan: 'Keeping the plan',
  store_planning_metadata: 'Noting why it is planned so',
  read_course_plan: 'Reading the plan',
  tavily_search: 'Searching',
  firecrawl_extract: 'Reading a page',
  research_synthesizer: 'Drawing conclusions',
  store_research_results: 'Keeping what was found',
  store_research_session: 'Closing the research',
  write_module: 'Writing a module',
}

/** What a tool call does and with what, in words: "Searching for “negotiation basics”". */
export function doingOf({ name, input }: Step): string {
  const { query, url, module } = about.parse(input)
  const doing = doings[name] ?? name.replaceAll('_', ' ')
  if (query) return `${doing} for “${query}”`
  if (url) return `${doing}: ${url}`
  return module && name === 'write_module' ? `Writing module ${module}` : doing
}

// A model may give a tool anything; what is no such thing is not said.
const about = z
  .object({ query: z.string().optional(), url: z.string().optional(), module: z.number().optional() })
  .catch({})

/** The agents of a course in the order in which they hand over. */
export const stages = [
  { name: 'Coordinator', about: 'Takes the request' },
  { name: 'Planning', about: 'Gaps become modules' },
  { name: 'Research', about: 'Finds sources' },
  { name: 'Content', about: 'Has modules written' },
] as const

/** Which of the stages a course is in, by who was handed it last. */
export function stageOf(steps: readonly Step[]): number {
  const handoffs = steps.filter(({ kind }) => kind === 'handoff')
  const last = handoffs.at(-1)?.name ?? ''
  return Math.max(
    0,
    stages.findIndex(({ name }) => last.startsWith(name)),
  )
}
