import { setTimeout as pause } from 'node:timers/promises'
import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** What a server knows of the call that it answers. */
type Asker = { user?: string | undefined; renewed?: unknown; pid?: number }

/** The tools of the tests' MCP servers, over HTTP and as a child. */
export function toolServer(ask: (meta: Record<string, unknown> | undefined) => Asker, die: () => void): McpServer {
  const server = new McpServer({ name: 'tests', version: '1.0.0' }, { capabilities: { tools: {} } })
  const say = (text: string) => ({ content: [{ type: 'text' as const, text }] })
  server.registerTool('who_am_i', { annotations: { readOnlyHint: true } }, ({ mcpReq }) =>
    say(JSON.stringify(ask(mcpReq._meta))),
  )
  server.registerTool(
    'add',
    {
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      annotations: { idempotentHint: true, destructiveHint: false },
    },
    ({ a, b }) => say(String(a + b)),
  )
  server.registerTool('refuse', {}, () => ({ ...say('The shelf is empty.'), isError: true }))
  server.registerTool('throw', {}, () => {
    throw new Error('The shelf broke.')
  })
  server.registerTool('flood', {}, () => say('x'.repeat(300_000)))
  server.registerTool('mixed', {}, () => ({
    content: [
      { type: 'text', text: 'A page.' },
      { type: 'image', data: btoa('pixels'), mimeType: 'image/png' },
      { type: 'resource_link', uri: 'file:///page', name: 'page' },
    ],
  }))
  server.registerTool('hang', {}, async ({ mcpReq }) => {
    await pause(60_000, undefined, { signal: mcpReq.signal })
    return say('late')
  })
  server.registerTool('die', {}, async () => {
    die()
    await pause(60_000)
    return say('alive')
  })
  return server
}
