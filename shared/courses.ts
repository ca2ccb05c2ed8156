import { z } from 'zod'

/** A course has so many modules at most. */
export const MOST_MODULES = 12

const wish = z
  .string('Say as text in "prompt" what to mind, or leave it out.')
  .trim()
  .max(2_000, 'The prompt is longer than 2,000 characters: shorten it.')
  .optional()

/** Whom a course is for. The employee's enterprise must be the task's. */
export const courseRequest = z.object({
  employeeId: z.guid('Give the id of an employee as "employeeId".'),
  prompt: wish,
  modules: z
    .int(`A course has 1 to ${MOST_MODULES} modules: give a whole number.`)
    .min(1, `A course has 1 to ${MOST_MODULES} modules.`)
    .max(MOST_MODULES, `A course has 1 to ${MOST_MODULES} modules: ask for fewer.`)
    .optional(),
})

/** Which module of which course is written again, and what shall be different. */
export const moduleRequest = z.object({
  planId: z.guid('Give the id of a course as "planId".'),
  module: z.int('Give the number of the module.').min(1).max(MOST_MODULES),
  prompt: wish,
})

const writtenModule = z.object({ number: z.int(), title: z.string(), contentId: z.string() })

/** A finished course; its texts are in `cm_module_contents`. */
export const course = z.object({
  planId: z.string(),
  title: z.string(),
  summary: z.string(),
  modules: z.array(writtenModule),
})

/** A module that was written again. */
export const rewrittenModule = writtenModule.extend({ planId: z.string() })

/** A module as it is planned. Levels are from 0 to 5. */
export const plannedModule = z.object({
  number: z.int().min(1).max(MOST_MODULES).describe('1, 2, 3 … in the order of learning.'),
  title: z.string().min(1).max(150).describe('What the learner can do afterwards, in a few words.'),
  skill: z.string().describe('The gap that it closes, named as in the gaps.'),
  from_level: z.int().min(0).max(5),
  to_level: z.int().min(0).max(5),
  objectives: z
    .array(z.string().max(300))
    .min(1)
    .max(6)
    .describe('Two to four things that the learner can do afterwards.'),
  hours: z.number().min(0.5).max(40),
  depends_on: z
    .array(z.int().min(1).max(MOST_MODULES))
    .describe('Numbers of modules that must come before; empty if none.'),
})

/** `course_structure` of a plan. */
export const courseStructure = z.object({
  title: z.string().min(1).max(150),
  duration_weeks: z.int().min(1).max(52),
  modules: z.array(plannedModule).min(1),
})

/** `research_strategy` of a plan. */
export const researchStrategy = z.array(z.object({ module: z.int(), queries: z.array(z.string()).max(5) }))

/** `learning_path` of a plan: each module in one week. */
export const learningPath = z.array(z.object({ week: z.int().min(1), modules: z.array(z.int()), hours: z.number() }))

/** What was found out for a module: each claim with the numbers of its sources. */
export const findings = z.array(z.object({ claim: z.string(), sources: z.array(z.int()) }))

/** A gap as it was when a plan was made. */
export const prioritizedGap = z.object({
  skill: z.string(),
  current_level: z.int(),
  required_level: z.int(),
  importance: z.int(),
  /** From 0 to 100. */
  priority: z.int(),
  priority_name: z.enum(['critical', 'high', 'medium', 'low']),
})

export type PlannedModule = z.output<typeof plannedModule>
export type LearningPath = z.output<typeof learningPath>
export type PrioritizedGap = z.output<typeof prioritizedGap>
