import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { say } from './say.ts'
import { ROOT } from './settings.ts'

/** A program that is kept running until it is stopped. */
export interface Child {
  name: string
  /** Resolves when it ends for the first time without having been asked to. */
  readonly firstEnd: Promise<void>
  /** Asks it to end and waits; insists after `graceMs`. */
  stop(): Promise<void>
  /** Asks once more, which programs take as "at once". */
  hurry(): void
}

/** What to run and how. */
export interface ChildOptions {
  name: string
  args: string[]
  env: NodeJS.ProcessEnv
  graceMs: number
  /** Told at every start, since a restart changes the process id. */
  onStart: (pid: number) => void
}

const SHORTEST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
const STEADY_MS = 30_000

/** Runs a program with our own Node, passes its lines on, and starts it again, ever more slowly, when it dies. */
export function keepRunning(options: ChildOptions): Child {
  const stopping = new AbortController()
  const { promise: firstEnd, resolve: tellFirstEnd } = Promise.withResolvers<void>()
  let current: ChildProcess | undefined
  const ended = (async () => {
    for (let pauseMs = SHORTEST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const startedAt = Date.now()
      current = launch(options)
      const [code, signal] = await once(current, 'exit')
      if (stopping.signal.aborted) return
      tellFirstEnd()
      if (Date.now() - startedAt > STEADY_MS) pauseMs = SHORTEST_PAUSE_MS
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      say(`The ${options.name} ended (${signal ?? `exit code ${code}`}); it starts again.`)
    }
  })()
  return {
    name: options.name,
    firstEnd,
    stop: async () => {
      stopping.abort()
      current?.kill('SIGTERM')
      const insist = setTimeout(() => current?.kill('SIGKILL'), options.graceMs)
      await ended
      clearTimeout(insist)
    },
    hurry: () => void current?.kill('SIGTERM'),
  }
}

/** In a session of its own, for Ctrl-C in a terminal must reach us alone: we end the programs in their order. */
function launch({ name, args, env, onStart }: ChildOptions): ChildProcess {
  const child = spawn(process.execPath, args, { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => say(`${name.padEnd(6)} │ ${line}`))
  }
  if (child.pid !== undefined) onStart(child.pid)
  return child
}
