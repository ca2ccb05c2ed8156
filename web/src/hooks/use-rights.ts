import { skipToken, useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import { answerOf } from '../answer-of.ts'
import { supabase } from '../supabase.ts'

/** What a user may look after: everything, or the tasks of some enterprises; and where the user belongs. */
export type Rights = { isPlatformAdmin: boolean; adminOf: string[]; memberOf: string[] }

/**
 * The rights of a user, as the tables say: undefined until they, and the user, are known. Read again every `everyMs` while the page is
 * in sight. They decide on what is shown; what is allowed is up to the database.
 */
export function useRights(userId: string | null, everyMs: number) {
  return useQuery<Rights, AgentTaskError>({
    queryKey: ['rights', userId],
    queryFn: userId === null ? skipToken : () => readRights(userId),
    refetchInterval: everyMs,
  })
}

/** Tells whether there is anything to look after. */
export function isAdmin({ isPlatformAdmin, adminOf }: Rights): boolean {
  return isPlatformAdmin || adminOf.length > 0
}

async function readRights(userId: string): Promise<Rights> {
  const [platform, members] = await Promise.all([
    answerOf(supabase.from('platform_admins').select('user_id').eq('user_id', userId)),
    answerOf(
      supabase.from('enterprise_members').select('enterprise_id,role').eq('user_id', userId).order('enterprise_id'),
    ),
  ])
  const idsOf = (rows: typeof members) => rows.map(({ enterprise_id }) => enterprise_id)
  return {
    isPlatformAdmin: platform.length > 0,
    adminOf: idsOf(members.filter(({ role }) => role === 'admin')),
    memberOf: idsOf(members),
  }
}
