import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Script } from '../../supabase/local/brain/script.ts'
import { type Brain, startBrain } from '../../supabase/local/brain.ts'
import { type SignedUp, type Stack, startStack } from '../support/stack.ts'
import { servePage } from './serve-page.ts'

const root = join(import.meta.dirname, '../..')

/** The whole product as a user has it: a project, the demo model, a worker of its own process and the built page. */
export type Product = {
  stack: Stack
  /** The user whom the page offers for the demo sign-in. */
  ada: SignedUp
  /** Address of the page. */
  page: string
  /** Kills the worker without a warning and starts another. */
  replaceWorker: () => Promise<void>
  stop: () => Promise<void>
}

type Options = { scripts?: Script[]; pace?: 'human' | { ttft: number; tps: number } }

/**
 * Starts the product; `stop` belongs into `afterAll`. The model follows these scripts before those of the demo, and
 * writes as a person reads unless another pace is set.
 */
export async function startProduct({ scripts = [], pace = 'human' }: Options = {}): Promise<Product> {
  await using parts = new AsyncDisposableStack()
  const stack = await startStack()
  parts.defer(stack.stop)
  const ada = await stack.signUp('ada@example.test')
  const brain = await startBrain({ pace, scripts })
  parts.defer(brain.stop)
  let worker = startWorker(stack, brain)
  parts.defer(() => end(worker))
  const { page, stop } = await servePage(stack, ada)
  parts.defer(stop)
  const all = parts.move()
  return {
    stack,
    ada,
    page,
    async replaceWorker() {
      const killed = once(worker, 'exit')
      worker.kill('SIGKILL')
      await killed
      worker = startWorker(stack, brain)
    },
    stop: () => all.disposeAsync(),
  }
}

function startWorker(stack: Stack, brain: Brain): ChildProcess {
  const env = {
    ...process.env,
    SUPABASE_URL: stack.url,
    SUPABASE_SERVICE_KEY: stack.serviceKey,
    SUPABASE_PUBLISHABLE_KEY: stack.anonKey,
    USER_TOKEN_SECRET: stack.jwtSecret,
    DATABASE_URL: stack.databaseUrl,
    OPENAI_API_KEY: brain.key,
    OPENAI_BASE_URL: brain.url,
    // Whatever a developer has set: no test goes to the web.
    TAVILY_API_KEY: '',
    TAVILY_BASE_URL: '',
    FIRECRAWL_API_KEY: '',
    FIRECRAWL_BASE_URL: '',
    SENTRY_DSN: '',
    HOST: '127.0.0.1',
    PORT: '0',
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
