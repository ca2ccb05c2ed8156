import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getPort from 'get-port'
import postgres from 'postgres'
import { startCluster } from '../../../supabase/local/cluster.ts'
import type { Contestant } from './contestants/contestant.ts'

// What a real server has: writes reach the disk before they are acknowledged. Checkpoints come rarely enough not to
// fall on one contestant's round by chance.
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  wal_level: 'logical',
  shared_buffers: '512MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  max_connections: 200,
}

/** One PostgreSQL for all; each run gets a fresh copy of its contestant's prepared database. */
export type Server = {
  version: string
  url: (database?: string) => string
  fresh: (contestant: Contestant) => Promise<Database>
  /** On at first, with PostgreSQL's own settings. */
  autovacuum: (state: 'on' | 'off') => Promise<void>
  /** Superuser's connections to the maintenance database. */
  admin: postgres.Sql
  stop: () => Promise<void>
}

export type Database = { name: string; url: string; drop: () => Promise<void> }

export async function startServer(contestants: Contestant[]): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'liverow-bench-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  const cluster = await startCluster({
    directory: join(directory, 'postgres'),
    port: await getPort(),
    settings: SETTINGS,
  }).catch(error => {
    remove()
    throw error
  })
  const admin = postgres(cluster.url(), { max: 2, onnotice: () => undefined })
  const stop = async () => {
    await admin.end({ timeout: 5 })
    await cluster.stop()
    remove()
  }
  try {
    for (const each of contestants) {
      await admin`create database ${admin(templateOf(each))}`
      await each.prepare(cluster.url(templateOf(each)))
    }
    const [row] = await admin<{ server_version: string }[]>`show server_version`
    return { version: row?.server_version ?? '', url: cluster.url, admin, fresh, autovacuum, stop }
  } catch (error) {
    await stop()
    throw error
  }

  async function autovacuum(state: 'on' | 'off') {
    await admin.unsafe(`alter system set autovacuum = ${state}`)
    await admin`select pg_reload_conf()`
  }

  async function fresh(contestant: Contestant): Promise<Database> {
    const name = `bench_${crypto.randomUUID().slice(0, 8)}`
    await admin`create database ${admin(name)} template ${admin(templateOf(contestant))}`
    return {
      name,
      url: cluster.url(name),
      // Without force: it waits a little for sessions that are about to end.
      drop: async () => {
        await admin`drop database ${admin(name)}`
      },
    }
  }
}

function templateOf({ name }: Contestant): string {
  return `template_${name}`
}
