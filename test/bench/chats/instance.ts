import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import getPort from 'get-port'
import type { Brain } from '../../../supabase/local/brain.ts'

type Project = {
  url: string
  keys: { publishable: string; secret: string; jwtSecret: string }
  databaseUrl: string
  brain: Brain
}

const MAIN = join(import.meta.dirname, '../../../worker/main.ts')

/** An instance of the worker as a process of its own. */
export async function startInstance({ url, keys, databaseUrl, brain }: Project) {
  const port = await getPort()
  const child = spawn(process.execPath, [MAIN], {
    env: {
      SUPABASE_URL: url,
      SUPABASE_SERVICE_KEY: keys.secret,
      SUPABASE_PUBLISHABLE_KEY: keys.publishable,
      USER_TOKEN_SECRET: keys.jwtSecret,
      DATABASE_URL: databaseUrl,
      OPENAI_API_KEY: brain.key,
      OPENAI_BASE_URL: brain.url,
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const own = `http://127.0.0.1:${port}`
  while (!(await isReady(own))) await new Promise(resolve => setTimeout(resolve, 100))
  return {
    url: own,
    stop: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/ready`).then(
    response => response.ok,
    () => false,
  )
}
