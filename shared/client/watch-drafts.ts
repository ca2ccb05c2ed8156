import type { RealtimeChannel } from '@supabase/supabase-js'
import { errorOfResponse } from './agent-task-error.ts'
import { type DraftHead, draftHeadColumns, parseDraftHeads } from './draft-rows.ts'
import { type Feed, openFeed } from './feed.ts'
import { firstLink, keepLive, type Link } from './keep-live.ts'
import { patienceMs, type Supabase } from './supabase.ts'

/** A user's drafts without their texts, those last changed first; null until they have been read. */
export type DraftsView = Link & { drafts: readonly DraftHead[] | null }

/** Before anything is known of them. */
export const emptyDraftsView: DraftsView = { ...firstLink, drafts: null }

// As many as a user can have.
const most = 500

/** Watches the drafts of the user who is signed in until the feed is closed. */
export function watchDrafts(supabase: Supabase, userId: string): Feed<DraftsView> {
  const topic = `user:${userId}:drafts`
  return openFeed(supabase, topic, emptyDraftsView, show => {
    let view = emptyDraftsView
    const put = (part: Partial<DraftsView>) => {
      view = { ...view, ...part }
      show(view)
    }
    const live = keepLive(supabase, {
      topic,
      // Unfiltered, since a deleted row has no user any more.
      listen: (channel: RealtimeChannel) =>
        channel.on('postgres_changes', { event: '*', schema: 'public', table: 'drafts' }, () => live.refresh()),
      read: async () => put({ drafts: await readDrafts(supabase) }),
      pollMs: channelIsUp => (channelIsUp ? 60_000 : 3_000),
      onLink: put,
    })
    return live
  })
}

async function readDrafts(supabase: Supabase): Promise<DraftHead[]> {
  const { data, error, status } = await supabase
    .from('drafts')
    .select(draftHeadColumns)
    .order('updated_at', { ascending: false })
    .limit(most)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
  if (error) throw errorOfResponse(error, status)
  return parseDraftHeads(data)
}
