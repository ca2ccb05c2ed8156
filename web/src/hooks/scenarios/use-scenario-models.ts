import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const models = z.array(z.object({ name: z.string() }))

/** The models that scenarios may name, by name. */
export function useScenarioModels() {
  return useQuery<string[], AgentTaskError>({
    queryKey: ['scenario-models'],
    queryFn: async () => {
      const all = await answerOf(supabase.from('scenario_models').select('name').order('name'))
      return models.parse(all).map(({ name }) => name)
    },
  })
}
