import { AgentTaskError, errorOfResponse } from './agent-task-error.ts'
import { type Draft, type DraftFields, type DraftHead, draftColumns, parseDrafts } from './draft-rows.ts'
import { patienceMs, type Supabase } from './supabase.ts'

/** Adds a draft of the user who is signed in. @throws AgentTaskError `invalid_request`, `too_many_tasks` (the cap of drafts) */
export async function createDraft(
  supabase: Supabase,
  fields: Partial<DraftFields> & { title: string },
): Promise<Draft> {
  const adding = supabase.from('drafts').insert(fields).select(draftColumns)
  const { data, error, status } = await adding.abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return theOne(parseDrafts(data))
}

/** Reads a draft with its text; null if there is none of one's own. @throws AgentTaskError `signed_out`, `unreachable` */
export async function readDraft(supabase: Supabase, id: string): Promise<Draft | null> {
  const reading = supabase.from('drafts').select(draftColumns).eq('id', id)
  const { data, error, status } = await reading.abortSignal(AbortSignal.timeout(patienceMs)).retry(false)
  if (error) throw errorOfResponse(error, status)
  return parseDrafts(data)[0] ?? null
}

/**
 * Changes a draft, but only as it was read.
 * @throws AgentTaskError `stale` if it has been changed or deleted meanwhile, `invalid_request`
 */
export async function changeDraft(
  supabase: Supabase,
  { id, updated_at }: Pick<DraftHead, 'id' | 'updated_at'>,
  fields: Partial<DraftFields>,
): Promise<Draft> {
  const changing = supabase.from('drafts').update(fields).eq('id', id).eq('updated_at', updated_at).select(draftColumns)
  const { data, error, status } = await changing.abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return theOne(parseDrafts(data))
}

/** Deletes a draft, if it is there. @throws AgentTaskError */
export async function deleteDraft(supabase: Supabase, id: string): Promise<void> {
  const deleting = supabase.from('drafts').delete().eq('id', id)
  const { error, status } = await deleting.abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
}

function theOne([draft]: Draft[]): Draft {
  if (draft) return draft
  throw new AgentTaskError('stale', 'The draft was changed meanwhile, or is gone. What you have written is still here.')
}
