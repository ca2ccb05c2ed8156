import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import getPort from 'get-port'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { type Cluster, endOrphan, startCluster } from '../../supabase/local/cluster.ts'
import { prepareDatabase } from '../../supabase/local/database.ts'
import { isAlive } from '../../supabase/local/processes.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser's connection string of the test cluster's own database. */
    clusterUrl: string
    /** Name of the migrated database that every test file gets a copy of. */
    templateDatabase: string
    /** Where a run keeps the pages that it has built. */
    pagesFolder: string
  }
}

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/liverow')
const CLUSTERS = join(CACHE, 'clusters')
const TEMPLATE = 'liverow_template'

// Tests may lose their data at a power cut; they may not wait for disks.
const TEST_SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: 400,
  max_replication_slots: 100,
  max_wal_senders: 100,
}

const directory = join(CLUSTERS, String(process.pid))
let cluster: Cluster | undefined

/** Boots one PostgreSQL for the whole run and builds in it the database that test files clone. */
export async function setup(project: TestProject): Promise<void> {
  // Tests start hundreds of processes of few programs: what one has compiled the next need not.
  process.env.NODE_COMPILE_CACHE ??= join(CACHE, 'compiled')
  await sweepDeadClusters()
  cluster = await startCluster({ directory, port: await getPort(), settings: TEST_SETTINGS })
  await buildTemplate(cluster)
  process.env.TEST_DATABASE_URL = cluster.url()
  project.provide('clusterUrl', cluster.url())
  project.provide('templateDatabase', TEMPLATE)
  // A file beside the cluster, as far as clearing away goes.
  project.provide('pagesFolder', `${directory}.pages`)
}

/** Ends the cluster, also after a failed setup. A database that a test file forgot to drop fails the run. */
export async function teardown(): Promise<void> {
  if (!cluster) return
  const leaked = await asAdmin(cluster, sql => sql`select datname from pg_database where datname like 'test\\_%'`)
  await cluster.stop()
  removeFiles(String(process.pid))
  if (leaked.length > 0) throw new Error(`Databases not dropped: ${leaked.map(row => row.datname).join(', ')}`)
}

async function buildTemplate(cluster: Cluster): Promise<void> {
  await asAdmin(cluster, sql => sql`create database ${sql(TEMPLATE)}`)
  await prepareDatabase(cluster.url(TEMPLATE))
  // A copy needs the template without any connection, so nobody may connect from here on.
  await asAdmin(cluster, sql => sql`alter database ${sql(TEMPLATE)} allow_connections false`)
}

async function asAdmin<T>(cluster: Cluster, action: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
  const sql = postgres(cluster.url(), { max: 1 })
  try {
    return await action(sql)
  } finally {
    await sql.end()
  }
}

/** Clears what a killed test run left behind; runs that still live, in another terminal, are not touched. */
async function sweepDeadClusters(): Promise<void> {
  mkdirSync(CLUSTERS, { recursive: true })
  const owners = new Set(readdirSync(CLUSTERS).map(name => Number.parseInt(name, 10)))
  for (const owner of [...owners].filter(pid => !isAlive(pid))) {
    await endOrphan(join(CLUSTERS, String(owner)))
    removeFiles(String(owner))
  }
}

/** The cluster's folder and the files beside it. */
function removeFiles(owner: string): void {
  const files = readdirSync(CLUSTERS).filter(name => name === owner || name.startsWith(`${owner}.`))
  for (const name of files) rmSync(join(CLUSTERS, name), { recursive: true, force: true })
}
