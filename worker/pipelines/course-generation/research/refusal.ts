import { ResearchError } from './research-error.ts'
import type { Wire } from './wire.ts'

/** What an answer of a provider means that gave no result, whoever it is. */
export function refusalOf(provider: { name: string; setting: string }, wire: Wire): ResearchError {
  const { name, setting } = provider
  const { status, afterSeconds, refused } = wire
  if (refused === 'too_large') return new ResearchError('too_large', `The answer of ${name} is too long.`)
  if (refused === 'redirect') {
    return new ResearchError('unavailable', `${name} is not where it was: check ${setting}_BASE_URL of the worker.`)
  }
  if (status === undefined) {
    return new ResearchError('unavailable', `${name} cannot be reached at the moment.`, { isPassing: true })
  }
  if (status === 401) {
    return new ResearchError('unauthorized', `${name} refuses the key: check ${setting}_API_KEY of the worker.`)
  }
  if (status === 429) {
    const message = `${name} asks for a pause (rate limit): try later, or go on without it.`
    return new ResearchError('rate_limited', message, { isPassing: true, afterSeconds })
  }
  if (status >= 500) {
    return new ResearchError('unavailable', `${name} has a failure of its own (${status}).`, {
      isPassing: true,
      afterSeconds,
    })
  }
  if (status === 408) return new ResearchError('timeout', `${name} took too long for this: try something else.`)
  if (status === 413) return new ResearchError('too_large', 'This page is too large: choose another one.')
  if (status >= 400) return new ResearchError('invalid', `${name} does not take this (${status}): ask in other words.`)
  return new ResearchError('unavailable', `${name} answered with something that cannot be used.`)
}
