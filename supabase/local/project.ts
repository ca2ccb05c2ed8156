import { join } from 'node:path'
import { startCluster } from './cluster.ts'
import { prepareDatabase } from './database.ts'
import { DEMO, seedDemo } from './demo-people.ts'
import { startGateway } from './gateway.ts'
import { loadKeys } from './keys.ts'
import type { PortBook } from './ports.ts'
import type { HostedProject, Settings } from './settings.ts'
import type { StopSignal } from './stop-signal.ts'

/** The Supabase project in use, here or hosted. */
export interface Project {
  url: string
  /** Set when the worker listens to the database directly. */
  databaseUrl: string | undefined
  workerEnv: Record<string, string>
  webEnv: Record<string, string>
}

/** What a project is opened with. */
export interface ProjectOptions {
  settings: Settings
  ports: PortBook
  parts: AsyncDisposableStack
  /** Told when the database ends by itself. */
  stop: StopSignal
}

/** Takes the project from the settings, or starts one: PostgreSQL with everything in it, and the gateway. */
export function openProject(options: ProjectOptions): Promise<Project> {
  const { hosted } = options.settings
  return hosted ? Promise.resolve(describe(hosted, 'hosted')) : startProject(options)
}

async function startProject({ settings, ports, parts, stop }: ProjectOptions): Promise<Project> {
  const keys = await loadKeys(join(settings.folder, 'keys.json'))
  const directory = join(settings.folder, 'postgres')
  const cluster = await startCluster({ directory, port: await ports.take('database', 54_322) })
  let isStopping = false
  parts.defer(() => {
    isStopping = true
    return cluster.stop()
  })
  void cluster.ended.then(() => {
    if (!isStopping) stop.fail(new Error(`PostgreSQL ended by itself; its last words are in ${directory}.log`))
  })
  const databaseUrl = cluster.url()
  await prepareDatabase(databaseUrl)
  stop.signal.throwIfAborted()

  const gateway = await startGateway({ databaseUrl, keys, port: await ports.take('Supabase API', 54_321) })
  parts.defer(() => gateway.stop())
  await seedDemo(databaseUrl, gateway.url, keys.publishable)
  const { secret: secretKey, publishable: publishableKey } = keys
  const project = describe({ url: gateway.url, databaseUrl, secretKey, publishableKey }, 'local')
  // So that tools can act as the user, as in a hosted project whose secret the worker is given.
  project.workerEnv.USER_TOKEN_SECRET = keys.jwtSecret
  Object.assign(project.webEnv, { VITE_DEMO_EMAIL: DEMO.emails[0], VITE_DEMO_PASSWORD: DEMO.password })
  return project
}

/** The same facts in the terms of each program. */
function describe(project: HostedProject, stack: 'local' | 'hosted'): Project {
  const { url, databaseUrl, secretKey, publishableKey } = project
  return {
    url,
    databaseUrl,
    workerEnv: {
      SUPABASE_URL: url,
      SUPABASE_SERVICE_KEY: secretKey,
      SUPABASE_PUBLISHABLE_KEY: publishableKey,
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    },
    webEnv: { VITE_SUPABASE_URL: url, VITE_SUPABASE_KEY: publishableKey, VITE_STACK: stack },
  }
}
