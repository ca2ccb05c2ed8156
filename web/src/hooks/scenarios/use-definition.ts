import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { type ScenarioDefinition, scenarioDefinition } from '../../../../shared/scenarios.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const rows = z.array(z.object({ definition: scenarioDefinition }))

/** A version of a scenario, which never changes; null where there is none. */
export function useDefinition(named: { scenarioId: string; version: number } | null) {
  return useQuery<ScenarioDefinition | null, AgentTaskError>({
    queryKey: ['scenario-version', named],
    queryFn: () => (named ? readDefinition(named) : null),
    enabled: named !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  })
}

/** The titles of the agents, by their names. */
export function titlesOf(definition: ScenarioDefinition | null | undefined): ReadonlyMap<string, string> {
  return new Map(definition?.agents.map(({ name, title }) => [name, title]))
}

async function readDefinition(named: { scenarioId: string; version: number }): Promise<ScenarioDefinition | null> {
  const versions = supabase.from('scenario_versions').select('definition').eq('scenario_id', named.scenarioId)
  return rows.parse(await answerOf(versions.eq('version', named.version)))[0]?.definition ?? null
}
