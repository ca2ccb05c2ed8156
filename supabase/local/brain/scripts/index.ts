import type { Script } from '../script.ts'
import { assistant } from './assistant.ts'
import { courseGeneration } from './course-generation.ts'
import { orderDesk } from './order-desk.ts'
import { portfolioAnalysis } from './portfolio-analysis.ts'
import { scenarios } from './scenarios.ts'
import { todoChat } from './todo-chat.ts'

/** The demo's cast. The assistant's comes last: it speaks for every agent that has none. */
export const SCRIPTS: Script[] = [
  ...orderDesk,
  ...portfolioAnalysis,
  ...courseGeneration,
  ...todoChat,
  ...scenarios,
  assistant,
]
