import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const tools = z.array(z.object({ name: z.string(), title: z.string(), needs_approval: z.boolean() }))

/** A tool that agents of scenarios may have. */
export type OfferedTool = z.output<typeof tools>[number]

/** The tools there are, by title. */
export function useScenarioTools() {
  return useQuery<OfferedTool[], AgentTaskError>({
    queryKey: ['scenario-tools'],
    queryFn: async () =>
      tools.parse(await answerOf(supabase.from('scenario_tools').select('name,title,needs_approval').order('title'))),
    staleTime: Number.POSITIVE_INFINITY,
  })
}
