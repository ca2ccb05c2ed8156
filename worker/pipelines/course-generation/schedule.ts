import type { LearningPath, PlannedModule, PrioritizedGap } from '../../../shared/courses.ts'

// What code can compute of a plan. Titles, objectives and what else takes judgement are the agent's.

/** A module before it has a title: which gap it closes, how far, and in which time. */
export type ModuleFrame = Omit<PlannedModule, 'title' | 'objectives'> & Pick<PrioritizedGap, 'priority_name'>

/** Hours that it takes to rise by one level, from experience with courses on the job. */
const HOURS_A_LEVEL = 2
/** A gap wider than this becomes two modules. */
const WIDEST_STEP = 2
/** So many modules, unless the learner asks for a number. */
const USUAL_MOST = 6

/**
 * Divides gaps into modules, the most pressing gap first; the second module of a gap builds on its first.
 *
 * @param gaps sorted by priority, the highest first
 * @param wanted how many modules were asked for; fewer come back when the gaps have not that many levels
 * @returns the modules in the order of learning, and the skills for which there was no room
 */
export function frameCourse(
  gaps: PrioritizedGap[],
  wanted: number | null,
): { modules: ModuleFrame[]; left_out: string[] } {
  const counts = gaps.map(gap => (widthOf(gap) > WIDEST_STEP ? 2 : 1))
  const most = wanted ?? Math.min(USUAL_MOST, sum(counts))
  const shares = sharesOf(gaps, most, wanted === null ? counts : gaps.map(widthOf))
  const modules: ModuleFrame[] = []
  for (const [index, gap] of gaps.entries()) modules.push(...stepsOf(gap, shares[index] ?? 0, modules.length + 1))
  return { modules, left_out: gaps.filter((_, index) => !shares[index]).map(({ skill }) => skill) }
}

/** One module for each gap first, then more for the same order of gaps, as long as there is room. */
function sharesOf(gaps: PrioritizedGap[], most: number, limits: number[]): number[] {
  const shares = gaps.map(() => 0)
  let left = most
  while (left > 0) {
    const before = left
    for (const [index, limit] of limits.entries()) {
      if (left === 0 || (shares[index] ?? 0) >= limit) continue
      shares[index] = (shares[index] ?? 0) + 1
      left -= 1
    }
    if (left === before) break
  }
  return shares
}

/** The modules of one gap, which share its levels. */
function stepsOf(gap: PrioritizedGap, count: number, first: number): ModuleFrame[] {
  const { skill, current_level: from, priority_name } = gap
  const at = (step: number) => from + Math.round((widthOf(gap) * step) / count)
  return Array.from({ length: count }, (_, step) => ({
    number: first + step,
    skill,
    from_level: at(step),
    to_level: at(step + 1),
    hours: HOURS_A_LEVEL * (at(step + 1) - at(step)),
    depends_on: step === 0 ? [] : [first + step - 1],
    priority_name,
  }))
}

function widthOf({ current_level, required_level }: PrioritizedGap): number {
  return required_level - current_level
}

/**
 * Spreads modules over weeks in their order. A module stands in the week in which it begins; one that is longer than a week
 * goes on in the next.
 *
 * @param hoursPerWeek above 0
 */
export function pathOf(
  modules: Pick<PlannedModule, 'number' | 'hours'>[],
  hoursPerWeek: number,
): { duration_weeks: number; learning_path: LearningPath } {
  const path: LearningPath = []
  let spent = 0
  for (const { number, hours } of modules.toSorted((a, b) => a.number - b.number)) {
    const week = Math.floor(spent / hoursPerWeek) + 1
    const last = path.at(-1)
    if (last?.week === week) {
      last.modules.push(number)
      last.hours += hours
    } else path.push({ week, modules: [number], hours })
    spent += hours
  }
  return { duration_weeks: Math.max(1, Math.ceil(spent / hoursPerWeek)), learning_path: path }
}

const DEPTH = ['fundamentals', 'fundamentals', 'fundamentals', 'in practice', 'advanced techniques', 'expert practice']

/** What to search for: the matter at the level that is aimed for, and what goes wrong with it. */
export function queriesFor({ skill, to_level }: Pick<PlannedModule, 'skill' | 'to_level'>, position: string): string[] {
  return [`${skill} ${DEPTH[to_level] ?? 'in practice'}`, `${skill} common mistakes ${position}`.trim()]
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
