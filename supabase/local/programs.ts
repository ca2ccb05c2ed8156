import { join } from 'node:path'
import { type Child, keepRunning } from './child.ts'
import type { Model } from './model.ts'
import type { PortBook } from './ports.ts'
import type { Project } from './project.ts'
import { inheritedEnvironment, pathOnly, type Settings } from './settings.ts'
import type { StackFile } from './stack-file.ts'
import type { StopSignal } from './stop-signal.ts'

/** What the worker and the page are started with. */
export interface ProgramsOptions {
  settings: Settings
  project: Project
  model: Model
  ports: PortBook
  parts: AsyncDisposableStack
  file: StackFile
  stop: StopSignal
}

/** Where the programs answer. */
export interface Programs {
  page: string
  health: string
}

const VITE = join('node_modules', 'vite', 'bin', 'vite.js')
const WORKER = 'worker/main.ts'
const WORKER_GRACE_MS = 40_000
const WEB_GRACE_MS = 5_000

// Settings of the worker that suit a person at a terminal; the environment wins over them.
const HABITS = { LOG_FORMAT: 'pretty' }
// On a laptop a killed worker is an experiment, and whoever makes it waits for the lease to end.
const LOCAL_HABITS = { LOG_PROMPTS: '1', HOST: '127.0.0.1', DRAIN_SECONDS: '3', LEASE_SECONDS: '10', REAP_SECONDS: '2' }

/**
 * Starts the worker and the web page and waits until both answer.
 *
 * @throws when one of them ends before it has answered once: its own lines say why.
 */
export async function startPrograms(options: ProgramsOptions): Promise<Programs> {
  const { settings, project, model, ports, parts, file, stop } = options
  const children: Record<string, { pid: number; program: string }> = {}
  const note = (name: string, program: string) => (pid: number) => {
    children[name] = { pid, program }
    file.update({ children })
  }
  const webPort = await ports.take('web page', 5173)
  const page = `http://127.0.0.1:${webPort}`
  const habits = { ...HABITS, ...(!settings.hosted && LOCAL_HABITS), ALLOWED_ORIGINS: page }
  const workerEnv = { ...project.workerEnv, ...model.env }
  const workerPort = await ports.take('worker', settings.workerPort)
  const worker = keepRunning({
    name: 'worker',
    args: [WORKER],
    env: { ...habits, ...inheritedEnvironment(), ...workerEnv, PORT: String(workerPort) },
    graceMs: WORKER_GRACE_MS,
    onStart: note('worker', WORKER),
  })
  const web = keepRunning({
    name: 'web',
    args: [VITE, 'web', '--port', String(webPort), '--strictPort', '--host', '127.0.0.1', '--logLevel', 'warn'],
    // Not the whole environment: nothing secret has any business in the page's server.
    env: {
      ...pathOnly(),
      ...project.webEnv,
      VITE_MODEL: model.label,
      VITE_API_URL: `http://127.0.0.1:${workerPort}`,
    },
    graceMs: WEB_GRACE_MS,
    onStart: note('web', VITE),
  })
  for (const child of [worker, web]) {
    parts.defer(() => child.stop())
    stop.onHurry(() => child.hurry())
  }
  const health = `http://127.0.0.1:${workerPort}/health`
  await Promise.all([untilAnswers(page, web, stop.signal), untilAnswers(health, worker, stop.signal)])
  // A second worker, started by hand, takes any free port.
  file.update({ url: page, env: { ...habits, ...workerEnv, PORT: '0' } })
  return { page, health }
}

/** Every program here takes a moment to listen, and none tells when it does. */
async function untilAnswers(url: string, child: Child, signal: AbortSignal): Promise<void> {
  let isDead = false
  void child.firstEnd.then(() => {
    isDead = true
  })
  for (;;) {
    const answers = await fetch(url, { signal }).then(
      response => response.ok,
      () => false,
    )
    signal.throwIfAborted()
    if (answers) return
    if (isDead) throw new Error(`The ${child.name} ended at once; its lines above say why.`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
