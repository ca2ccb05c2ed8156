import { useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { parseScenarios, type Scenario, scenarioColumns } from '../../../../shared/client/scenario-rows.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const everyMs = 3_000

/** The scenarios that the user may see, by title; read again every few seconds. */
export function useScenarios() {
  return useQuery<Scenario[], AgentTaskError>({
    queryKey: ['scenarios'],
    queryFn: async () => {
      const all = supabase.from('scenarios').select(scenarioColumns)
      return parseScenarios(await answerOf(all.order('title').order('id').limit(500)))
    },
    refetchInterval: everyMs,
  })
}
