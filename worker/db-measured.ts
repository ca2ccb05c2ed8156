import type { Args, Db, FunctionName, Returns } from './db.ts'
import type { Telemetry } from './telemetry.ts'

/**
 * The same connection, with every call told to the telemetry. A call's wait for a connection is part of its duration.
 */
export function measured(db: Db, telemetry: Telemetry): Db {
  return {
    ...db,
    call: async (name, args) => {
      const calledAt = performance.now()
      const seconds = () => (performance.now() - calledAt) / 1000
      telemetry.databaseCalled()
      try {
        const result = await db.call(name, args)
        telemetry.databaseAnswered(name, seconds(), tasksIn(name, args, result))
        return result
      } catch (error) {
        telemetry.databaseUnanswered(name, seconds())
        throw error
      }
    },
    hear: async onEvent => {
      await db.hear(onEvent, isHeard => (isHeard ? telemetry.hearingBegan() : telemetry.hearingLost()))
      telemetry.hearingBegan()
    },
  }
}

/** How many tasks a call is about, for those calls that are about many. */
function tasksIn<F extends FunctionName>(name: F, args: Args<F>, result: Returns<F>): number | undefined {
  if (name === 'claim') return (result as Returns<'claim'>).length
  if (name === 'beat' || name === 'settle') return (args as Args<'beat' | 'settle'>).p_tasks.length
  return undefined
}
