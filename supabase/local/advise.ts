// Asks Supabase's advisors about the migrations, over a throw-away database. Fails when they warn; part of
// `npm run check`.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getPort from 'get-port'
import { askAdvisors, describeFindings, warningsIn } from './advisors.ts'
import { startCluster } from './cluster.ts'
import { prepareDatabase } from './database.ts'
import { say } from './say.ts'
import { listenForStop, type StopSignal } from './stop-signal.ts'

const STOPPED = 130 // What a shell makes of Ctrl-C; 0 would let `npm run check` go on.

process.exit(await main())

async function main(): Promise<number> {
  const stop = listenForStop()
  try {
    await using parts = new AsyncDisposableStack()
    const findings = await askAdvisors(await bootDatabase(parts, stop))
    stop.signal.throwIfAborted()
    say(describeFindings(findings))
    return warningsIn(findings).length === 0 ? 0 : 1
  } catch (error) {
    if (stop.wasAsked()) return STOPPED
    throw error
  }
}

/** Leaves in `parts` how everything is removed again. Returns the connection string. */
async function bootDatabase(parts: AsyncDisposableStack, stop: StopSignal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'liverow-advise-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const port = await getPort()
  const cluster = await startCluster({ directory: join(folder, 'postgres'), port, settings: { fsync: 'off' } })
  parts.defer(() => cluster.stop())
  stop.signal.throwIfAborted()
  await prepareDatabase(cluster.url())
  stop.signal.throwIfAborted()
  return cluster.url()
}
