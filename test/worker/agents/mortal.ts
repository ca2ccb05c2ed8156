import { expect } from 'vitest'
import { createDeltaWriter } from '../../../worker/agents/delta-writer.ts'
import type { Scene } from '../arrange.ts'
import { intercept } from '../arrange.ts'
import { type Held, perform, type Room, takeOver } from './arrange.ts'

/** Lets the task's worker die after so many writes to the journal, one after the other, and gives the attempt after them. */
export async function afterDeaths(scene: Scene, room: Room, held: Held, deaths: number[]): Promise<Held> {
  let heir = held
  for (const writes of deaths) {
    const mortal = roomThatDies(scene, room, writes)
    const alive = perform(mortal.room, heir).then(
      () => expect.unreachable(`It ended before it had written ${writes} times.`),
      () => mortal.death,
    )
    await Promise.race([mortal.death, alive])
    heir.stop('lost')
    heir = await takeOver(scene, room, heir)
  }
  return heir
}

/** A room whose worker is gone after so many writes; `death` tells when nothing of it is under way any more. */
function roomThatDies(scene: Scene, room: Room, writes: number) {
  const { promise: death, resolve } = Promise.withResolvers<void>()
  let done = 0
  let underWay = 0
  const db = intercept(scene.connect(), {
    before: () => {
      if (done >= writes) return new Promise(() => undefined)
      underWay += 1
      return undefined
    },
    after: name => {
      underWay -= 1
      if (['record_steps', 'run_tool'].includes(name)) done += 1
      if (done >= writes && underWay === 0) resolve()
      return done >= writes ? new Promise(() => undefined) : undefined
    },
  })
  return { room: { ...room, db, deltas: createDeltaWriter(db, room.telemetry) }, death }
}
