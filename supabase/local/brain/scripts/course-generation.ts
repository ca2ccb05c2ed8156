import type { Script } from '../script.ts'
import { coordinator, planner } from './course-planning.ts'
import { researcher } from './course-research.ts'
import { contentAgent, writer } from './course-writing.ts'

// The kinds `course-generation` and `course-module`: one agent hands over to the next.
//
//   Coordinator ─▶ Planning Agent ─▶ Research Agent ─▶ Content Agent ─▶ write_module: Module Writer ×n

export const courseGeneration: Script[] = [coordinator, planner, researcher, contentAgent, writer]
