import type { FunctionTool } from '@openai/agents'
import { z } from 'zod'
import {
  courseStructure,
  learningPath,
  MOST_MODULES,
  type PrioritizedGap,
  plannedModule,
  prioritizedGap,
  researchStrategy,
} from '../../../shared/courses.ts'
import { codeTool } from '../../agents/code-tool.ts'
import type { TaskContext } from '../../agents/context.ts'
import { type ToolGuardrails, userTool } from '../../agents/user-tool.ts'
import { frameCourse, pathOf, queriesFor } from './schedule.ts'

// Tools that look something up or store it are SQL (the migration `courses`) and find their employee by their task: no
// argument of theirs could name another one. The others compute, from arguments alone.

/** The tools of the Planning Agent, by the names of the document; `guardrails` look through what they store. */
export function planningTools(guardrails: ToolGuardrails): FunctionTool<TaskContext>[] {
  return [
    analyzeEmployeeProfile(),
    prioritizeSkillGaps(),
    generateCourseStructurePlan(),
    generateResearchQueries(),
    createPersonalizedLearningPath(),
    storeCoursePlan(guardrails),
    storePlanningMetadata(guardrails),
  ]
}

function analyzeEmployeeProfile() {
  return userTool({
    name: 'analyze_employee_profile',
    description:
      'The employee for whom the course is: position, level, background, goals, learning style, hours a week, skills with levels from 0 to 5, and courses before.',
    parameters: z.object({}),
  })
}

function prioritizeSkillGaps() {
  return userTool({
    name: 'prioritize_skill_gaps',
    description:
      'What the employee lacks for the position, the most pressing gap first, with current and required level, importance from 1 to 5 and priority from 0 to 100.',
    parameters: z.object({}),
  })
}

const gaps = z
  .array(prioritizedGap.omit({ importance: true, priority: true }))
  .min(1)
  .describe('The gaps that the course shall close, in the order of prioritize_skill_gaps.')

function generateCourseStructurePlan() {
  return codeTool({
    name: 'generate_course_structure_plan',
    description:
      'Divides gaps into modules: skill, levels, hours, and what builds on what. Titles and objectives are yours to add.',
    parameters: z.object({
      gaps,
      modules: z.int().min(1).max(MOST_MODULES).nullable().describe('How many were asked for; null if none were.'),
    }),
    execute: ({ gaps, modules }) => frameCourse(gaps as PrioritizedGap[], modules),
  })
}

function generateResearchQueries() {
  return codeTool({
    name: 'generate_research_queries',
    description: 'Proposes what to search for, for each module. Sharpen them where you know better.',
    parameters: z.object({
      position: z.string().describe('The position of the employee.'),
      modules: z.array(plannedModule.pick({ number: true, skill: true, to_level: true })).min(1),
    }),
    execute: ({ position, modules }) =>
      modules.map(module => ({ module: module.number, queries: queriesFor(module, position) })),
  })
}

function createPersonalizedLearningPath() {
  return codeTool({
    name: 'create_personalized_learning_path',
    description: 'Spreads the modules over weeks, by the hours that the employee has a week.',
    parameters: z.object({
      hours_per_week: z.number().min(0.5).max(40),
      modules: z.array(plannedModule.pick({ number: true, hours: true })).min(1),
    }),
    execute: ({ hours_per_week, modules }) => pathOf(modules, hours_per_week),
  })
}

function storeCoursePlan(inputGuardrails: ToolGuardrails) {
  return userTool({
    name: 'store_course_plan',
    inputGuardrails,
    description: 'Stores the plan. Says what is wrong with it if it cannot be stored; call again with that mended.',
    parameters: z.object({
      course_structure: courseStructure,
      research_strategy: researchStrategy,
      learning_path: learningPath,
    }),
  })
}

function storePlanningMetadata(inputGuardrails: ToolGuardrails) {
  return userTool({
    name: 'store_planning_metadata',
    inputGuardrails,
    description: 'Stores why the plan is as it is, for people who read it later.',
    parameters: z.object({
      rationale: z.string().max(2_000).describe('Why these modules in this order, in two to four sentences.'),
      assumptions: z.array(z.string().max(300)).max(8),
      left_out: z.array(z.string().max(300)).max(20).describe('Gaps that the course does not close.'),
    }),
  })
}
