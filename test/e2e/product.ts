import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import getPort from 'get-port'
import type { Script } from '../../supabase/local/brain/script.ts'
import { type Brain, startBrain } from '../../supabase/local/brain.ts'
import { type SignedUp, type Stack, startStack } from '../support/stack.ts'
import { servePage } from './serve-page.ts'

const root = join(import.meta.dirname, '../..')

/** The whole product as a user has it: a project, the demo model, a worker of its own process and the built page. */
export type Product = {
  stack: Stack
  /** The demo model. */
  brain: Brain
  /** The user whom the page offers for the demo sign-in. */
  ada: SignedUp
  /** Address of the page. */
  page: string
  /** Address of the worker, once that listens. */
  api: string
  /** Kills the worker without a warning and starts another. */
  replaceWorker: () => Promise<void>
  stop: () => Promise<void>
}

/** A pace of the model that is quicker than a person reads: for tests that wait for answers and do nothing meanwhile. */
export const QUICK = { ttft: 100, tps: 80 }

export type ProductOptions = {
  scripts?: Script[]
  pace?: 'human' | { ttft: number; tps: number }
  /** What the model takes speech for. */
  hears?: () => string
}

/**
 * Starts the product; `stop` belongs into `afterAll`. The model follows these scripts before those of the demo, and
 * writes as a person reads unless another pace is set.
 */
export async function startProduct({ scripts = [], pace = 'human', hears }: ProductOptions = {}): Promise<Product> {
  await using parts = new AsyncDisposableStack()
  const stack = await startStack()
  parts.defer(stack.stop)
  const ada = await stack.signUp('ada@example.test')
  const brain = await startBrain({ pace, scripts, ...(hears && { hears }) })
  parts.defer(brain.stop)
  const port = await getPort()
  const api = `http://127.0.0.1:${port}`
  const { page, stop } = await servePage(stack, ada, { api })
  parts.defer(stop)
  const begin = () => startWorker(stack, brain, { port, page })
  let worker = begin()
  parts.defer(() => end(worker))
  const all = parts.move()
  return {
    stack,
    brain,
    ada,
    page,
    api,
    async replaceWorker() {
      const killed = once(worker, 'exit')
      worker.kill('SIGKILL')
      await killed
      worker = begin()
    },
    stop: () => all.disposeAsync(),
  }
}

function startWorker(stack: Stack, brain: Brain, { port, page }: { port: number; page: string }): ChildProcess {
  const env = {
    ...process.env,
    SUPABASE_URL: stack.url,
    SUPABASE_SERVICE_KEY: stack.serviceKey,
    SUPABASE_PUBLISHABLE_KEY: stack.anonKey,
    USER_TOKEN_SECRET: stack.jwtSecret,
    DATABASE_URL: stack.databaseUrl,
    OPENAI_API_KEY: brain.key,
    OPENAI_BASE_URL: brain.url,
    MODERATION: 'on',
    // Whatever a developer has set: no test goes to the web.
    TAVILY_API_KEY: '',
    TAVILY_BASE_URL: '',
    FIRECRAWL_API_KEY: '',
    FIRECRAWL_BASE_URL: '',
    SENTRY_DSN: '',
    HOST: '127.0.0.1',
    PORT: String(port),
    ALLOWED_ORIGINS: new URL(page).origin,
    DRAIN_SECONDS: '0',
    LEASE_SECONDS: '3',
    REAP_SECONDS: '1',
  }
  return spawn(process.execPath, ['worker/main.ts'], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) throw new Error(`The worker had ended by itself with code ${child.exitCode}.`)
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await exited
  clearTimeout(timer)
}
