import { useQuery } from '@tanstack/react-query'
import { answerOf } from '../answer-of.ts'
import { supabase } from '../supabase.ts'

/** E-mail addresses by user id, of those whom the user may know. */
export type People = ReadonlyMap<string, string>

const nobody: People = new Map()

/** Who these users are; empty until it is known. */
export function usePeople(ids: readonly (string | null)[]): People {
  const asked = [...new Set(ids)].filter(id => id !== null).sort()
  const { data } = useQuery({
    queryKey: ['people', ...asked],
    queryFn: () => readPeople(asked),
    enabled: asked.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data ?? nobody
}

async function readPeople(ids: string[]): Promise<People> {
  const rows = await answerOf(supabase.rpc('agent_people', { user_ids: ids }))
  return new Map(rows.map(({ user_id, email }) => [user_id, email]))
}
