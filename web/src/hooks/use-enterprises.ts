import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type AgentTaskError, errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { supabase } from '../supabase.ts'

/** An enterprise for which the user may ask. */
export type Enterprise = { id: string; name: string }

/** The enterprises that the user is a member of, by name, and the one for which to ask: the first, or the chosen one. */
export function useEnterprises(userId: string) {
  const { data, error } = useQuery<Enterprise[], AgentTaskError>({
    queryKey: ['enterprises', userId],
    queryFn: () => readEnterprises(userId),
  })
  const [chosen, choose] = useState<string | null>(null)
  return {
    enterprises: data ?? [],
    enterpriseId: chosen ?? data?.[0]?.id ?? null,
    choose,
    /** Before that nobody can say for whom a question is asked. */
    isKnown: data !== undefined,
    error,
  }
}

// By way of the memberships: a platform admin sees enterprises for which they may not ask.
async function readEnterprises(userId: string): Promise<Enterprise[]> {
  const members = await supabase.from('enterprise_members').select('enterprise_id').eq('user_id', userId)
  if (members.error) throw errorOfResponse(members.error, members.status)
  const ids = members.data.map(({ enterprise_id }) => enterprise_id)
  if (ids.length === 0) return []
  const { data, error, status } = await supabase.from('enterprises').select('id,name').in('id', ids).order('name')
  if (error) throw errorOfResponse(error, status)
  return data
}
