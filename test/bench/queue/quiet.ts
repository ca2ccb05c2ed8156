import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_MS = 200
const BUSY = 0.2
const PATIENCE_MS = 3_000

/** Waits until others leave the machine alone, though not for ever: a neighbour's work must not fall on one contestant. */
export async function quiet(): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while ((await busyPart()) > BUSY && performance.now() < until);
}

async function busyPart(): Promise<number> {
  const before = times()
  await pause(LOOK_MS)
  const after = times()
  return 1 - (after.idle - before.idle) / (after.total - before.total)
}

function times(): { idle: number; total: number } {
  const all = cpus().map(({ times }) => times)
  return {
    idle: all.reduce((sum, each) => sum + each.idle, 0),
    total: all.reduce((sum, each) => sum + each.user + each.nice + each.sys + each.idle + each.irq, 0),
  }
}
