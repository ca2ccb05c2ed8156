import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

// The local stack's REST reads a numeric as text.
const number = z.coerce.number()

const account = z.object({
  id: z.string(),
  name: z.string(),
  cash: number,
  positions: z.array(
    z.object({
      quantity: number,
      instrument: z.object({
        symbol: z.string(),
        name: z.string(),
        price: number.nullable(),
        price_source: z.string().nullable(),
        asset_classes: z.record(z.string(), number).nullable(),
      }),
    }),
  ),
})

const preferences = z.object({
  birth_year: z.number(),
  retirement_age: z.number(),
  plan_until_age: z.number(),
  annual_contribution: number,
  annual_income: number,
  target: z.record(z.string(), number).nullable(),
  currency: z.string(),
})

export type Account = z.output<typeof account>
export type Position = Account['positions'][number]
export type Preferences = z.output<typeof preferences>

const accountColumns = `id, name, cash, positions:portfolio_positions(
  quantity, instrument:portfolio_instruments(symbol, name, price, price_source, asset_classes))`

/** The user's accounts with what is in them, the oldest first. */
export function useAccounts(userId: string) {
  return useQuery<Account[], AgentTaskError>({
    queryKey: ['portfolio accounts', userId],
    queryFn: async () => {
      const request = supabase.from('portfolio_accounts').select(accountColumns).order('created_at').order('name')
      return z.array(account).parse(await answerOf(request))
    },
  })
}

/** The user's plan for retirement; null when none is stored. */
export function usePreferences(userId: string | null) {
  return useQuery<Preferences | null, AgentTaskError>({
    queryKey: ['portfolio preferences', userId],
    enabled: userId !== null,
    queryFn: async () => {
      const rows = await answerOf(supabase.from('portfolio_preferences').select().limit(1))
      return preferences.nullable().parse(rows[0] ?? null)
    },
  })
}
