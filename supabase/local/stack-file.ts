import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { endOrphan } from './cluster.ts'
import { commandLine, endProcess } from './processes.ts'

const Stack = z.object({
  /** The process that runs `npm start`. */
  pid: z.number(),
  /** The page that people open, once it is served. */
  url: z.string().optional(),
  /** What a worker or a script needs to know to join this stack. */
  env: z.record(z.string(), z.string()).default({}),
  /** Programs to end if their parent was killed, with a piece of their command line to know them by. */
  children: z.record(z.string(), z.object({ pid: z.number(), program: z.string() })).default({}),
})

// Their project is gone already, so they have nothing to finish.
const ORPHAN_GRACE_MS = 1_000

/** What a running `npm start` says of itself in `stack.json`; also its lock. */
type Stack = z.infer<typeof Stack>

/** The file through which the programs of one folder find each other. */
export interface StackFile {
  /** Adds to what the file says. */
  update(change: Partial<Stack>): void
  /** Gives the folder free. */
  remove(): void
}

/** Another `npm start` holds the folder. */
export class AlreadyRunning extends Error {
  override name = 'AlreadyRunning'
}

/**
 * Takes the folder for this process. What a killed start left running there is ended first.
 *
 * @throws AlreadyRunning
 */
export async function claimFolder(folder: string): Promise<StackFile> {
  mkdirSync(folder, { recursive: true })
  await clearFolder(folder)
  const file = join(folder, 'stack.json')
  let stack: Stack = { pid: process.pid, env: {}, children: {} }
  writeFileSync(file, JSON.stringify(stack), { flag: 'wx', mode: 0o600 })
  return {
    update: change => {
      stack = { ...stack, ...change }
      writeFileSync(`${file}.new`, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 })
      renameSync(`${file}.new`, file) // Readers see the old text or the new one, never half of it.
    },
    remove: () => rmSync(file, { force: true }),
  }
}

/**
 * Ends what a killed start left running in the folder and removes its lock.
 *
 * @throws AlreadyRunning when the start lives.
 */
export async function clearFolder(folder: string): Promise<void> {
  const file = join(folder, 'stack.json')
  const stack = readStack(file)
  if (stack && commandLine(stack.pid).includes('supabase/local/start.ts')) {
    const where = stack.url ?? 'it is still starting'
    throw new AlreadyRunning(
      `Liverow already runs in this folder: ${where} (process ${stack.pid}).\n` +
        `Stop it with Ctrl-C in its terminal, or with: kill ${stack.pid}`,
    )
  }
  const children = Object.values(stack?.children ?? {})
  const orphans = children.filter(({ pid, program }) => commandLine(pid).includes(program))
  await Promise.all(orphans.map(({ pid }) => endProcess(pid, 'SIGTERM', ORPHAN_GRACE_MS)))
  rmSync(file, { force: true })
  await endOrphan(join(folder, 'postgres'))
}

/** A file cut short by a crash counts as none. */
function readStack(file: string): Stack | undefined {
  if (!existsSync(file)) return undefined
  try {
    return Stack.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}
