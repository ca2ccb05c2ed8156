import { useQuery } from '@tanstack/react-query'
import { answerOf } from '../answer-of.ts'
import { supabase } from '../supabase.ts'

const nobody: ReadonlyMap<string, string> = new Map()

/** The names of the enterprises that the user may see, by id and in the order of names; empty until they are known. */
export function useEnterpriseNames(): ReadonlyMap<string, string> {
  const { data } = useQuery({ queryKey: ['enterprise-names'], queryFn: readNames, staleTime: 60_000 })
  return data ?? nobody
}

async function readNames(): Promise<Map<string, string>> {
  const rows = await answerOf(supabase.from('enterprises').select('id,name').order('name').limit(1000))
  return new Map(rows.map(({ id, name }) => [id, name]))
}
