import { z } from 'zod'
import { addressOf, goTo, useAddress } from '../use-address.ts'

const place = z.string().transform((text, context) => {
  const [at, id] = text.split('~')
  const { data } = z.object({ at: z.iso.datetime({ offset: true }), id: z.guid() }).safeParse({ at, id })
  if (data) return data
  context.addIssue('No place in the list.')
  return z.NEVER
})

const nothing = null
const statuses = ['scheduled', 'pending', 'processing', 'waiting', 'completed', 'failed', 'cancelled'] as const
const partOfId = z
  .string()
  .transform(text => text.trim().toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f][0-9a-f-]{0,35}$/))

const correlationId = z
  .string()
  .trim()
  .regex(/^[\w.:-]{1,128}$/)

/** Which tasks to show, as the address says it; what cannot be read there counts as not said. */
const taskFilters = z.object({
  status: z.enum(statuses).nullable().catch(nothing),
  kind: z.string().min(1).nullable().catch(nothing),
  enterprise: z.guid().nullable().catch(nothing),
  /** The beginning of an id, or all of it. */
  user: partOfId.nullable().catch(nothing),
  task: partOfId.nullable().catch(nothing),
  correlation: correlationId.nullable().catch(nothing),
  /** Tasks submitted in as many hours up to now. */
  hours: z.coerce.number().int().min(1).max(8_760).nullable().catch(nothing),
  /** The place of the task that the page begins after (towards older ones), or ends before. */
  before: place.nullable().catch(nothing),
  after: place.nullable().catch(nothing),
})

/** Which tasks to show. */
export type TaskFilters = z.output<typeof taskFilters>
/** The filters that a person sets, as texts. */
export type FilterName = 'status' | 'kind' | 'enterprise' | 'user' | 'id' | 'correlation' | 'hours'

/** The filters of the address, their texts, and how to change them; a change begins at the newest task again. */
export function useTaskFilters() {
  const address = useAddress()
  const filters = taskFilters.parse({
    ...Object.fromEntries([...Object.keys(taskFilters.shape)].map(name => [name, address.get(name)])),
    // `task` is the one whose story is open.
    task: address.get('id'),
    hours: address.get('hours') ?? undefined,
  })
  const texts = Object.fromEntries(address) as Partial<Record<FilterName, string>>
  const change = (changes: Partial<Record<FilterName | 'before' | 'after', string | null>>, replace = false) => {
    goTo(addressOf({ ...Object.fromEntries(address), before: null, after: null, ...changes }), { replace })
  }
  return { filters, texts, change }
}

/** A place in the list as the address says it. */
export function placeOf({ created_at, id }: { created_at: string; id: string }): string {
  return `${created_at}~${id}`
}

/** The first and the last id that begin like this. */
export function idRange(beginning: string): { first: string; last: string } {
  const digits = beginning.replaceAll('-', '')
  return { first: withDashes(digits.padEnd(32, '0')), last: withDashes(digits.padEnd(32, 'f')) }
}

function withDashes(digits: string): string {
  return digits.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
