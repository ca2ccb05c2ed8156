import { z } from 'zod'
import type { AnalysisOptions } from '../../../shared/portfolio.ts'
import { callTool } from '../../agents/call-tool.ts'
import type { TaskContext } from '../../agents/context.ts'
import { TaskError } from '../../errors.ts'
import { worthOf } from './numbers.ts'
import type { Plan } from './projection.ts'

const shares = z.record(z.string(), z.number())

const tagged = z.object({ assetClasses: shares.nullable(), regions: shares.nullable(), sectors: shares.nullable() })

const position = tagged.extend({
  symbol: z.string(),
  name: z.string(),
  kind: z.string(),
  quantity: z.number(),
  price: z.number().nullable(),
  priceSource: z.enum(['market', 'import', 'estimate']).nullable(),
})

const portfolio = z.object({
  preferences: z
    .object({
      age: z.int(),
      retirementAge: z.int(),
      planUntilAge: z.int(),
      annualContribution: z.number(),
      annualIncome: z.number(),
      target: shares.nullable(),
      currency: z.string(),
    })
    .nullable(),
  accounts: z.array(z.object({ name: z.string(), cash: z.number(), positions: z.array(position) })),
})

export type Portfolio = z.output<typeof portfolio>
export type Position = z.output<typeof position>
/** How an instrument is divided, in percent; null while it is not classified. */
export type Tagged = z.output<typeof tagged>

/**
 * What the task's user has, as it was when the task first looked: a later attempt goes on from the same.
 * @param look tells the looks of one task apart.
 */
export async function loadPortfolio(context: TaskContext, look: 'first' | 'classified'): Promise<Portfolio> {
  return portfolio.parse(await callTool(context, 'load_portfolio', {}, { call: `load_portfolio:${look}` }))
}

/** @throws TaskError for a portfolio that there is nothing to say about. */
export function refuseEmpty({ accounts }: Portfolio): void {
  if (accounts.length === 0) throw new TaskError('no_accounts', 'There are no accounts to analyse: import some first.')
  if (accounts.every(account => account.positions.length === 0)) {
    throw new TaskError('no_positions', 'No account has any positions to analyse: import some first.')
  }
}

/** @throws TaskError when nothing has a value, so that there are no shares of it. */
export function refuseWorthless({ accounts }: Portfolio): void {
  const positions = accounts.flatMap(account => account.positions)
  if (positions.some(each => worthOf(each) > 0) || accounts.some(account => account.cash > 0)) return
  throw new TaskError('no_value', 'Every position is priced at 0 or has no price: correct the prices first.')
}

/** What readers have to know of what the numbers rest on. */
export function notesOn({ accounts, preferences }: Portfolio, plan: Plan | null): string[] {
  const positions = accounts.flatMap(account => account.positions)
  const symbols = (rows: Position[]) => [...new Set(rows.map(({ symbol }) => symbol))].sort().join(', ')
  const unpriced = positions.filter(each => !each.price)
  const estimated = positions.filter(each => each.priceSource === 'estimate')
  return [
    ...(unpriced.length > 0 ? [`Counted as worth nothing, for want of a price: ${symbols(unpriced)}.`] : []),
    ...(estimated.length > 0 ? [`Valued at a rough estimate by a language model: ${symbols(estimated)}.`] : []),
    ...(plan ? [] : ['There is no projection: no plan for retirement is stored, or its years are over.']),
    ...(preferences?.target ? [] : ['There is no drift: no target allocation is stored.']),
  ]
}

/**
 * The plan for the time after work, from stored preferences and what the request says otherwise; null without any.
 * @throws TaskError when the ages leave no time for it.
 */
export function planOf({ preferences }: Portfolio, total: number, options: AnalysisOptions = {}): Plan | null {
  if (!preferences || preferences.age >= preferences.planUntilAge) return null
  const retirementAge = options.retirementAge ?? preferences.retirementAge
  if (retirementAge >= preferences.planUntilAge) {
    const message = `Retirement at ${retirementAge} is not before the end of the plan, at ${preferences.planUntilAge}: choose a lower age.`
    throw new TaskError('invalid_request', message)
  }
  return {
    start: total,
    age: preferences.age,
    retirementAge,
    untilAge: preferences.planUntilAge,
    contribution: options.annualContribution ?? preferences.annualContribution,
    income: options.annualIncome ?? preferences.annualIncome,
  }
}
