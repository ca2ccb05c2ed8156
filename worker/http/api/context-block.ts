import { type PrivateThing, withoutPrivateIn } from '../../../shared/privacy.ts'
import type { ContextSnapshot, PageContext } from '../../../shared/scenarios.ts'

/** The most that goes to a model, in characters. */
const MOST_CHARACTERS = 8_000

/**
 * What is on a page as a text for a model: without what the policy removes, and with names of our own where ids were. What
 * those stand for comes beside it. Whole lines are left out at the end where it would be too long.
 */
export function blockOf(page: PageContext, snapshot: ContextSnapshot, remove: readonly PrivateThing[]) {
  const { access, records, drafts } = snapshot
  const references = new Map([...records, ...drafts].map(({ ref, id }) => [ref, id]))
  const mapped = (value: object) => withoutIds(JSON.stringify(withoutPrivateIn(value as never, remove)), references)
  const lines = [
    line('page', { path: page.path, title: page.title, project: page.project }),
    line('access', access),
    ...records.map(({ ref, type, title, details }) => line(ref, { type, title, details })),
    ...drafts.map(({ ref, title, kind, status, excerpt }) => line(ref, { title, kind, status, excerpt })),
  ].map(({ name, value }) => `${name}: ${mapped(value)}`)
  const kept = lines.slice(0, fitting(lines))
  return {
    context: kept.join('\n'),
    references: Object.fromEntries([...references].filter(([ref]) => kept.some(each => each.startsWith(`${ref}:`)))),
    is_cut: kept.length < lines.length,
  }
}

function line(name: string, value: object) {
  return { name, value }
}

/** Ids may stand in titles and texts, too, and in the path of the page. */
function withoutIds(text: string, references: Map<string, string>): string {
  const known = [...references].reduce((left, [ref, id]) => left.replaceAll(id, ref), text)
  return known.replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '[id]')
}

/** How many of the lines there is room for. */
function fitting(lines: string[]): number {
  let room = MOST_CHARACTERS
  const first = lines.findIndex(each => {
    room -= each.length + 1
    return room < 0
  })
  return first < 0 ? lines.length : first
}
