import type { Json } from '../../shared/database.types.ts'

const FAILED = 'This call failed: '

/** How the model hears that a call went wrong. */
export function failedBecause(reason: string): string {
  return `${FAILED}${reason}`
}

/** Tells whether a tool's output says that the call went wrong: in words as above, or as {error} of a tool of SQL. */
export function hasFailed(output: Json): boolean {
  if (typeof output === 'string') return output.startsWith(FAILED)
  return typeof output === 'object' && output !== null && !Array.isArray(output) && 'error' in output
}
