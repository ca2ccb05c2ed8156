import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const everyMs = 15_000

const used = z.object({
  requests: z.number(),
  input_tokens: z.number(),
  cached_tokens: z.number(),
  output_tokens: z.number(),
  cost: z.number(),
  unpriced_requests: z.number(),
})
const spending = z.object({
  total: used,
  days: z.array(used.extend({ day: z.string() })),
  kinds: z.array(used.extend({ kind: z.string() })),
  models: z.array(used.extend({ model: z.string() })),
  users: z.array(used.extend({ user_id: z.string().nullable() })),
})

/** What model calls took. */
export type Used = z.output<typeof used>
/** What was spent within some days, in all and by what. */
export type Spending = z.output<typeof spending>

/** What was spent within so many days up to now, as far as the user may see it. */
export function useSpending(days: number) {
  return useQuery<Spending, AgentTaskError>({
    queryKey: ['spending', days],
    queryFn: async () => spending.parse(await answerOf(supabase.rpc('agent_spending', { p_days: days }))),
    refetchInterval: everyMs,
    placeholderData: previous => previous,
  })
}
