import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import { budgetWords, modelLimitWords } from '../../words/spending-words.ts'
import { useChange } from '../use-change.ts'

const everyMs = 15_000

const limits = z.object({
  budgets: z.array(
    z.object({
      /** Null is every tenant that has no budget of its own. */
      tenant_id: z.string().nullable(),
      name: z.string().nullable(),
      per: z.enum(['task', 'day']),
      max_tokens: z.number().nullable(),
      max_cost: z.number().nullable(),
    }),
  ),
  models: z.array(
    z.object({
      model: z.string(),
      requests_per_minute: z.number().nullable(),
      tokens_per_minute: z.number().nullable(),
    }),
  ),
})

/** What a tenant may spend on a task or in a day; what is null is not bounded. */
export type Budget = z.output<typeof limits>['budgets'][number]
/** How fast a provider may be asked for a model; what is null is not bounded. */
export type ModelLimit = z.output<typeof limits>['models'][number]

/** The budgets and the limits of models, for platform admins. */
export function useSpendingLimits() {
  return useQuery<z.output<typeof limits>, AgentTaskError>({
    queryKey: ['spending', 'limits'],
    queryFn: async () => limits.parse(await answerOf(supabase.rpc('agent_limits'))),
    refetchInterval: everyMs,
  })
}

/** How budgets and the limits of models are set; without any bound they go. Each resolves whether it was done. */
export function useLimitSpending() {
  const { run, isBusy } = useChange()
  return {
    isBusy,
    limitSpending: (budget: Budget) =>
      run(() => answerOf(supabase.rpc('limit_agent_spending', argumentsOf(budget))), budgetWords(budget)),
    limitModel: (limit: ModelLimit) =>
      run(
        () =>
          answerOf(
            supabase.rpc('limit_agent_model', {
              model: limit.model,
              ...(limit.requests_per_minute !== null && { requests_per_minute: limit.requests_per_minute }),
              ...(limit.tokens_per_minute !== null && { tokens_per_minute: limit.tokens_per_minute }),
            }),
          ),
        modelLimitWords(limit),
      ),
  }
}

function argumentsOf({ tenant_id, per, max_tokens, max_cost }: Budget) {
  return {
    // The generated types know no nulls among arguments.
    tenant_id: tenant_id as string,
    per,
    ...(max_tokens !== null && { max_tokens }),
    ...(max_cost !== null && { max_cost }),
  }
}
