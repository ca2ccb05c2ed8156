import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, preview } from 'vite'
import type { SignedUp, Stack } from '../support/stack.ts'

const web = join(import.meta.dirname, '../../web')

/**
 * Builds the page for a stack, with `demo` as its demo user, and serves it; `root` names another page than the app, `api`
 * where the worker's HTTP API is.
 */
export async function servePage(
  stack: Stack,
  demo: SignedUp,
  { root = web, api = '' }: { root?: string; api?: string } = {},
): Promise<{ page: string; stop: () => Promise<void> }> {
  const outDir = await mkdtemp(join(tmpdir(), 'liverow-page-'))
  // Vite takes the page's settings from the environment, which here is the test file's own process.
  Object.assign(process.env, {
    VITE_SUPABASE_URL: stack.url,
    VITE_SUPABASE_KEY: stack.anonKey,
    VITE_API_URL: api,
    VITE_STACK: 'local',
    VITE_MODEL: 'demo',
    VITE_DEMO_EMAIL: demo.email,
    VITE_DEMO_PASSWORD: demo.password,
  })
  const options = { configFile: join(web, 'vite.config.ts'), logLevel: 'error', root, build: { outDir } } as const
  await build(options)
  const server = await preview({ ...options, preview: { host: '127.0.0.1', port: 0 } })
  const page = server.resolvedUrls?.local[0]
  if (!page) throw new Error('The page is served nowhere.')
  return {
    page,
    stop: async () => {
      await server.close()
      await rm(outDir, { recursive: true, force: true })
    },
  }
}
