import { skipToken, useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import type { Draft, DraftFields, DraftHead } from '../../../../shared/client/draft-rows.ts'
import { changeDraft, createDraft, deleteDraft, readDraft } from '../../../../shared/client/drafts.ts'
import { type DraftsView, emptyDraftsView, watchDrafts } from '../../../../shared/client/watch-drafts.ts'
import { supabase } from '../../supabase.ts'
import { addressOf, goTo } from '../use-address.ts'
import { useChange } from '../use-change.ts'
import { useFeed } from '../use-feed.ts'

/** The user's drafts, live. */
export function useDrafts(userId: string): DraftsView {
  return useFeed({ key: userId, open: openDrafts, empty: emptyDraftsView })
}

/** A draft with its text; read again when it is heard to have changed. */
export function useDraft(head: DraftHead | null) {
  return useQuery<Draft | null, AgentTaskError>({
    queryKey: ['draft', head?.id, head?.updated_at],
    queryFn: head ? () => readDraft(supabase, head.id) : skipToken,
    placeholderData: known => known,
  })
}

/** The address of a draft, or with null of the list. */
export function draftAddress(id: string | null): string {
  return addressOf({ page: 'drafts', draft: id })
}

/** What can be done with drafts. */
export function useDraftVerbs(userId: string) {
  const { run, isBusy } = useChange()
  const changed = async <T>(change: () => Promise<T>, done: string): Promise<T | null> => {
    let result: T | null = null
    await run(async () => {
      result = await change()
    }, done)
    readAnew(userId)
    return result
  }
  return {
    isBusy,
    add: async () => {
      const draft = await changed(() => createDraft(supabase, { title: 'New draft' }), 'A draft is there.')
      if (draft) goTo(draftAddress(draft.id))
    },
    /** Resolves with the draft as it is then, or with null if it was refused. */
    change: (draft: Draft, fields: Partial<DraftFields>, done: string) =>
      changed(() => changeDraft(supabase, draft, fields), done),
    remove: async ({ id, title }: DraftHead) => {
      const deletion = async () => {
        await deleteDraft(supabase, id)
        return true
      }
      if (await changed(deletion, `“${title}” is deleted.`)) goTo(draftAddress(null))
    },
  }
}

function readAnew(userId: string): void {
  const feed = openDrafts(userId)
  feed.refresh()
  feed.close()
}

function openDrafts(userId: string) {
  return watchDrafts(supabase, userId)
}
