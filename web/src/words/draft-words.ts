import type { DraftFields } from '../../../shared/client/draft-rows.ts'

/** What a draft is. */
export const draftKinds: Record<DraftFields['kind'], string> = {
  outline: 'Outline',
  section: 'Section',
  message: 'Message',
  note: 'Note',
}

// As the database has it.
const mostContent = 20_000

/** What is wrong with a draft as it is typed; null if nothing is. */
export function problemOf({ title, content }: Pick<DraftFields, 'title' | 'content'>) {
  return {
    title: title.trim() === '' ? 'Give it a title.' : title.length > 200 ? 'At most 200 characters.' : null,
    content: content.length > mostContent ? `At most ${mostContent.toLocaleString('en')} characters.` : null,
  }
}
