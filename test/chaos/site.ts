import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import getPort, { portNumbers } from 'get-port'
import postgres from 'postgres'
import { type Cluster, endOrphan, startCluster } from '../../supabase/local/cluster.ts'
import { prepareDatabase } from '../../supabase/local/database.ts'
import { commandLine, isAlive } from '../../supabase/local/processes.ts'
import { type SupervisedGateway, superviseGateway } from './supervised-gateway.ts'

/** A PostgreSQL of our own, which may be knocked down without harm to other tests. */
export type Site = {
  /** A fresh, migrated database with a gateway in front of it. One at a time. */
  open: (seed: number) => Promise<Ground>
  /** Ends the server by force or in order, and starts it again `ms` after it has ended. Restarts take turns. */
  restart: (how: 'immediate' | 'fast', ms: number) => Promise<void>
  close: () => Promise<void>
}

/** Where one round takes place. */
export type Ground = {
  databaseUrl: string
  gateway: SupervisedGateway
  /** For the notes and logs of the workers. Kept when the round ends badly. */
  folder: string
  close: (keep: boolean) => Promise<void>
}

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/liverow/chaos')
const TEMPLATE = 'chaos_template'
const KEPT_MS = 24 * 3_600_000
// Below the ports that systems hand out by themselves: while the server is away, nobody gets its port by chance.
const PORTS = { first: 20_000, last: 30_000 }
// The server loses its life here, not its disk.
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: 200 }

export async function openSite(): Promise<Site> {
  await sweep()
  const folder = join(CACHE, String(process.pid))
  mkdirSync(folder, { recursive: true })
  const first = PORTS.first + (process.pid % 5_000)
  const port = await getPort({ port: portNumbers(first, PORTS.last) })
  const place = { directory: join(folder, 'postgres'), port, settings: SETTINGS }
  let cluster = await startCluster(place)
  await buildTemplate(cluster)
  let restarted = Promise.resolve()

  const restart = async (how: 'immediate' | 'fast', ms: number) => {
    if (how === 'fast') await cluster.stop()
    else await crash(cluster, place.directory)
    await pause(ms)
    cluster = await startCluster(place)
  }
  return {
    open: seed => openGround(cluster, join(folder, `seed-${seed}`), `round_${seed}`),
    restart: (how, ms) => {
      restarted = restarted.then(() => restart(how, ms))
      return restarted
    },
    close: async () => {
      await restarted.catch(() => undefined)
      await cluster.stop()
      rmSync(place.directory, { recursive: true, force: true })
      if (readdirSync(folder).every(name => name.startsWith('postgres'))) rmSync(folder, { recursive: true })
    },
  }
}

/** An "immediate" shutdown: no goodbyes, and the log is replayed at the next start, as after a crash. */
async function crash(cluster: Cluster, directory: string): Promise<void> {
  process.kill(Number.parseInt(readFileSync(join(directory, 'postmaster.pid'), 'utf8'), 10), 'SIGQUIT')
  await cluster.ended
}

async function buildTemplate(cluster: Cluster): Promise<void> {
  await asAdmin(cluster.url(), sql => sql`create database ${sql(TEMPLATE)}`)
  const url = cluster.url(TEMPLATE)
  await prepareDatabase(url)
  const records = await readFile(join(import.meta.dirname, 'records.sql'), 'utf8')
  await asAdmin(url, sql => sql.unsafe(records))
}

async function openGround(cluster: Cluster, folder: string, name: string): Promise<Ground> {
  mkdirSync(folder, { recursive: true })
  await asAdmin(cluster.url(), sql => sql`create database ${sql(name)} template ${sql(TEMPLATE)}`)
  const databaseUrl = cluster.url(name)
  const gateway = await superviseGateway(databaseUrl, folder)
  return {
    databaseUrl,
    gateway,
    folder,
    close: async keep => {
      await gateway.end()
      await asAdmin(cluster.url(), sql => sql`drop database ${sql(name)} with (force)`)
      if (!keep) rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function asAdmin<T>(url: string, action: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return await action(sql)
  } finally {
    await sql.end()
  }
}

/** Ends what the site of a killed process has left behind, its server and frozen workers, and clears old logs away. */
async function sweep(): Promise<void> {
  mkdirSync(CACHE, { recursive: true })
  for (const owner of readdirSync(CACHE).filter(name => !isAlive(Number(name)))) {
    const folder = join(CACHE, owner)
    const isLogsOnly = !existsSync(join(folder, 'postgres'))
    if (isLogsOnly && Date.now() - statSync(folder).mtimeMs < KEPT_MS) continue
    await endOrphan(join(folder, 'postgres'))
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const pid = Number(/\.(\d+)\.pid$/.exec(file)?.[1])
      if (pid && commandLine(pid).includes(folder)) process.kill(pid, 'SIGKILL')
    }
    rmSync(folder, { recursive: true, force: true })
  }
}
