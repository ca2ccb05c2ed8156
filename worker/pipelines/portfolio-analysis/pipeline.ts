import { analysis } from '../../../shared/portfolio.ts'
import { callTool } from '../../agents/call-tool.ts'
import type { TaskContext } from '../../agents/context.ts'
import { runAgent } from '../../agents/run-agent.ts'
import { TaskError } from '../../errors.ts'
import type { Pipeline } from '../pipeline.ts'
import { createPlanner } from './agents.ts'
import { classify } from './classify.ts'
import { mix, type Numbers, numbersOf } from './numbers.ts'
import { loadPortfolio, notesOn, type Portfolio, planOf, refuseEmpty, refuseWorthless } from './portfolio.ts'
import { growthOf, project } from './projection.ts'

const PLANNER_SECONDS = 900

/**
 * Analyses the portfolio of the task's user. Unknown instruments are classified first; then code computes the numbers, and
 * agents write about them. What they have finished stays in `portfolio_analyses`, also when the task ends badly.
 */
export const analysePortfolio: Pipeline<'portfolio-analysis'> = async (context, { prompt, options }) => {
  refuseOthersToRead(context)
  const first = await loadPortfolio(context, 'first')
  refuseEmpty(first)
  const portfolio = await classify(context, first)
  refuseWorthless(portfolio)

  const numbers = numbersOf(portfolio)
  const plan = planOf(portfolio, numbers.total, options)
  const projection = plan && project(plan, growthOf(wholeMix(portfolio)))
  const notes = notesOn(portfolio, plan)
  // By the task's id, because a fork has copied its origin's journal, but has no analysis of its own yet.
  await callTool(context, 'begin_analysis', { notes }, { call: `begin_analysis:${context.task.id}` })
  context.progress.report({ text: 'Analysing' })
  const planner = createPlanner(context, { numbers, projection, notes })
  await runAgent(context, planner, brief(numbers, { notes, prompt }), { agentTimeoutSeconds: PLANNER_SECONDS })
  return finished(context)
}

/** What a task of an enterprise journals and answers, its admins may read; a portfolio is its owner's alone. */
function refuseOthersToRead({ task: { enterpriseId, userId } }: TaskContext): void {
  if (enterpriseId !== null) {
    throw new TaskError('not_personal', 'A portfolio is its owner’s alone: submit the task without an enterprise.')
  }
  if (userId === null) throw new TaskError('user_required', 'A task of nobody has no portfolio: submit it as a user.')
}

function wholeMix({ accounts }: Portfolio) {
  const cash = accounts.reduce((sum, account) => sum + account.cash, 0)
  return mix(
    accounts.flatMap(account => account.positions),
    'assetClasses',
    cash,
  )
}

/** What the planner needs for its decision, and no more. */
function brief(numbers: Numbers, { notes, prompt }: { notes: string[]; prompt: string | undefined }): string {
  const { accounts, holdings, holdingsLeftOut, total, currency } = numbers
  const size = `${accounts.length} account(s), ${holdings.length + holdingsLeftOut} holding(s), worth ${total} ${currency}.`
  return [`A portfolio of ${size}`, ...notes, `The owner’s wish: ${prompt || 'none in particular.'}`].join('\n')
}

/** @throws TaskError when the planner has ended without finalize_job; what the others have written stays. */
async function finished(context: TaskContext) {
  const parsed = analysis.safeParse(await callTool(context, 'read_analysis'))
  if (parsed.success) return parsed.data
  const message = 'The planner ended without summing up; what the others have finished is kept. Retry the task.'
  throw new TaskError('analysis_unfinished', message)
}
