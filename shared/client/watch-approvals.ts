import type { RealtimeChannel } from '@supabase/supabase-js'
import type { Approval } from './approval-rows.ts'
import { type Feed, openFeed } from './feed.ts'
import { firstLink, keepLive, type Link } from './keep-live.ts'
import { readApprovals } from './read-approvals.ts'
import type { Supabase } from './supabase.ts'

/** The approvals that a user may see: the open ones, the oldest first, then the closed; null until they have been read. */
export type ApprovalsView = Link & { approvals: readonly Approval[] | null }

/** Before anything is known of them. */
export const emptyApprovalsView: ApprovalsView = { ...firstLink, approvals: null }

/** Watches the approvals that a user may see, until the feed is closed. */
export function watchApprovals(supabase: Supabase, userId: string): Feed<ApprovalsView> {
  const topic = `user:${userId}:approvals`
  return openFeed(supabase, topic, emptyApprovalsView, show => {
    let view = emptyApprovalsView
    const put = (part: Partial<ApprovalsView>) => {
      view = { ...view, ...part }
      show(view)
    }
    const live = keepLive(supabase, {
      topic,
      // A change does not bring what was said before it, so it is only a reason to read.
      listen: (channel: RealtimeChannel) =>
        channel.on('postgres_changes', { event: '*', schema: 'public', table: 'agent_approvals' }, () =>
          live.refresh(),
        ),
      read: async () => put({ approvals: await readApprovals(supabase) }),
      pollMs: channelIsUp => (channelIsUp ? 60_000 : 3_000),
      onLink: put,
    })
    return live
  })
}
