import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import type { Scenario } from '../../../../shared/client/scenario-rows.ts'
import { scenarioDefinition } from '../../../../shared/scenarios.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const versions = z.array(
  z.object({
    version: z.number(),
    definition: scenarioDefinition,
    note: z.string().nullable(),
    created_by: z.string().nullable(),
    created_at: z.string(),
  }),
)
const most = 50

/** A version of a scenario, and who has saved it why. */
export type ScenarioVersion = z.output<typeof versions>[number]

/** The versions of a scenario, the latest first. */
export function useVersions({ id, version }: Scenario) {
  return useQuery<ScenarioVersion[], AgentTaskError>({
    queryKey: ['scenario-versions', id, version],
    queryFn: async () => {
      const columns = Object.keys(versions.element.shape).join(',')
      const all = supabase.from('scenario_versions').select(columns).eq('scenario_id', id)
      return versions.parse(await answerOf(all.order('version', { ascending: false }).limit(most)))
    },
    placeholderData: known => known,
  })
}
