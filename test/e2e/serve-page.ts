import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { putBuiltPage } from '../support/built-page.ts'
import type { SignedUp, Stack } from '../support/stack.ts'

const web = join(import.meta.dirname, '../../web')

/**
 * Serves the page for a stack, with `demo` as its demo user, as any host of files does; `root` names another page than the
 * app, `api` where the worker's HTTP API is.
 */
export async function servePage(
  stack: Stack,
  demo: SignedUp,
  { root = web, api = '' }: { root?: string; api?: string } = {},
): Promise<{ page: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'liverow-page-'))
  await putBuiltPage(root, folder, {
    VITE_SUPABASE_URL: stack.url,
    VITE_SUPABASE_KEY: stack.anonKey,
    VITE_API_URL: api,
    VITE_STACK: 'local',
    VITE_MODEL: 'demo',
    VITE_DEMO_EMAIL: demo.email,
    VITE_DEMO_PASSWORD: demo.password,
  })
  const files = new Hono()
    .use('/assets/*', (c, next) => {
      // Their names change with what is in them.
      c.header('Cache-Control', 'public, max-age=31536000, immutable')
      return next()
    })
    .use(serveStatic({ root: folder }))
  const server = createAdaptorServer(files).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    page: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      await server[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
