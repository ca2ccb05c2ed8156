import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Account, commandAs, give, serverAccount } from './account.ts'
import { serverFolder } from './binaries.ts'
import { commandLine, endProcess } from './processes.ts'

/** A running PostgreSQL server and the databases in it. */
export interface Cluster {
  /** The connection string of a database, as superuser. */
  url(database?: string): string
  /** Resolves when the server has ended, asked or not. */
  readonly ended: Promise<void>
  /** Ends all connections and the server; everything that was committed is on disk. */
  stop(): Promise<void>
}

/** Where the server keeps its files, where it listens, and what differs from PostgreSQL's defaults. */
export interface ClusterOptions {
  directory: string
  port: number
  settings?: Record<string, string | number>
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  wal_level: 'logical',
  timezone: 'UTC',
  lc_messages: 'C',
  cluster_name: 'liverow',
}

/**
 * Starts the PostgreSQL that lives in `directory`, made there if it is new. Ends a server that an earlier, killed start
 * left behind in the same place.
 *
 * @throws when the server does not come up, with its own last words.
 */
export async function startCluster({ directory, port, settings }: ClusterOptions): Promise<Cluster> {
  const account = serverAccount()
  await endOrphan(directory)
  if (!existsSync(directory)) await initialise(directory, account)
  const password = readFileSync(passwordFileOf(directory), 'utf8')
  const flags = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = launch('postgres', ['-D', directory, '-p', String(port), ...flags], directory, account)
  const ended = once(server, 'exit').then(() => undefined)
  await untilReady(server, `${directory}.log`)
  return {
    url: (database = 'postgres') => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`,
    ended,
    stop: async () => {
      server.kill('SIGINT') // "Fast" shutdown: SIGTERM would wait for every client to leave by itself.
      await ended
    },
  }
}

/** Ends the server of a killed start, and forgets a lock whose process is gone or is another program by now. */
export async function endOrphan(directory: string): Promise<void> {
  const lock = join(directory, 'postmaster.pid')
  if (!existsSync(lock)) return
  const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10)
  if (commandLine(pid).includes(directory)) await endProcess(pid, 'SIGINT')
  rmSync(lock, { force: true })
}

/** Makes a new cluster beside its place and moves it there, so that a half-made one is never taken for a whole one. */
async function initialise(directory: string, account: Account | undefined): Promise<void> {
  const draft = `${directory}.new`
  const passwordFile = passwordFileOf(directory)
  await rm(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
  for (const path of [draft, passwordFile]) give(path, account)
  const access = [`--pgdata=${draft}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const language = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const initdb = launch('initdb', [...access, ...language, '--no-sync'], draft, account)
  const complaint = collect(initdb)
  const [code] = await once(initdb, 'close')
  if (code !== 0) throw new Error(`PostgreSQL could not make its files in ${directory}:\n${complaint.join('\n')}`)
  await rename(draft, directory)
}

/** A superuser of PostgreSQL runs programs as the server's account, so other users of the machine must not become one. */
function passwordFileOf(directory: string): string {
  return `${directory}.password`
}

/** Starts a program of the server in a session of its own: Ctrl-C in a terminal must reach us first, not the database. */
function launch(program: string, args: string[], directory: string, account: Account | undefined): ChildProcess {
  const { file, args: all, options } = commandAs(account, join(serverFolder(), 'bin', program), args, directory)
  return spawn(file, all, { ...options, detached: true, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
}

async function untilReady(server: ChildProcess, logFile: string): Promise<void> {
  const words = collect(server)
  if (server.stderr) server.stderr.pipe(createWriteStream(logFile))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${words.join('\n')}\nLog: ${logFile}`)))
    server.stderr?.on('data', chunk => {
      if (String(chunk).includes('ready to accept connections')) resolve()
    })
  })
}

function collect(program: ChildProcess): string[] {
  const lines: string[] = []
  if (program.stderr) {
    createInterface({ input: program.stderr }).on('line', line => {
      lines.push(line)
      if (lines.length > 20) lines.shift()
    })
  }
  return lines
}
