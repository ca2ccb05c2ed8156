import { AsyncLocalStorage } from 'node:async_hooks'

/** One run of agents within a task; a pipeline may have several at once. */
export type Run = {
  /** Empty for a task's main run. */
  readonly name: string
  /** How many model calls each scope has made so far. */
  readonly calls: Map<string, number>
  /** Of all tool calls so far, with their scope: what is asked at the same time elsewhere may come in any order. */
  readonly callIds: Set<string>
  /** Scopes in which a tool waits for a person. */
  readonly parked: Set<string>
  /** What ended a nested agent, by scope: the SDK makes tool text of it, which must not pass for a result. */
  readonly failures: Map<string, unknown>
  /** What a guardrail has against the input or the answer of a nested agent, by scope, in words for the agent that asked. */
  readonly objections: Map<string, string>
  /** Scopes of nested agents whose time was over: what still happens in there is nobody's business. */
  readonly givenUp: Set<string>
}

/**
 * Where in a task the code at hand runs. The scope is the name of the run and, inside agents that are used as tools, the
 * path of their tool calls: it is what keeps the keys of the journal apart.
 */
export type Place = {
  readonly run: Run
  readonly scope: string
  /** Inside an agent that is used as a tool with parameters of its own: what it was called with, and is asked. */
  readonly brief?: { input: unknown; text: string }
}

const places = new AsyncLocalStorage<Place>()

/** A run that has made no call yet. */
export function newRun(name: string): Run {
  const [calls, failures, objections] = [new Map(), new Map(), new Map()]
  return { name, calls, callIds: new Set(), parked: new Set(), failures, objections, givenUp: new Set() }
}

/** Does some work at a place; whatever it calls finds itself there. */
export function at<T>(place: Place, work: () => T): T {
  return places.run(place, work)
}

/** The place of the code that asks. @throws Error outside of a run. */
export function here(): Place {
  const place = places.getStore()
  if (!place) throw new Error('This belongs inside a run of agents: call it from within runAgent.')
  return place
}

/** The scope of the code that asks; outside of any run that of the task itself. */
export function scopeHere(): string {
  return places.getStore()?.scope ?? ''
}

/** Remembers what ended the code of a place. What comes of its end, such as aborted neighbours, does not count. */
export function noteFailure({ run, scope }: Place, error: unknown): void {
  if ([...run.givenUp].some(outer => isWithin(scope, outer)) || run.failures.has(scope)) return
  run.failures.set(scope, error)
}

/** Forgets a nested agent with all that it has begun. */
export function giveUp({ run, scope }: Place): void {
  run.givenUp.add(scope)
  for (const where of run.failures.keys()) if (isWithin(where, scope)) run.failures.delete(where)
}

/** Tells whether one scope is the other or lies in it. */
export function isWithin(scope: string, outer: string): boolean {
  return scope === outer || scope.startsWith(`${outer}/`)
}
