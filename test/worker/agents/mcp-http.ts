import { once } from 'node:events'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { decodeJwt, jwtVerify } from 'jose'
import { toolServer } from './mcp-tools.ts'

export type HttpTools = {
  url: string
  /** The authorization headers that came, in order. */
  tokens: string[]
  /** The correlation ids, likewise. */
  correlations: (string | null)[]
  /** Breaks all connections and takes no more. */
  stop: () => Promise<void>
}

/**
 * An MCP server on loopback.
 *
 * @param secret if given, only users with a token signed by it are let in.
 * @param hang answers nothing at all.
 * @param redirect sends all to this address.
 */
export async function serveTools({
  secret,
  hang,
  redirect,
}: {
  secret?: string
  hang?: boolean
  redirect?: string
} = {}): Promise<HttpTools> {
  const tokens: string[] = []
  const correlations: (string | null)[] = []
  const handler = createMcpHandler(({ authInfo }) =>
    toolServer(
      () => ({ user: authInfo && decodeJwt(authInfo.token).sub }),
      () => server.closeAllConnections(),
    ),
  )
  const answer = async (request: Request): Promise<Response> => {
    const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? ''
    tokens.push(token)
    correlations.push(request.headers.get('x-correlation-id'))
    if (hang) return new Promise(() => undefined)
    if (redirect) return Response.redirect(redirect, 307)
    if (secret === undefined) return handler.fetch(request)
    const isValid = await jwtVerify(token, new TextEncoder().encode(secret), { audience: 'authenticated' }).catch(
      () => null,
    )
    if (!isValid) return new Response('No.', { status: 401 })
    return handler.fetch(request, { authInfo: { token, clientId: 'tests', scopes: [] } })
  }
  const server = createServer(getRequestListener(answer))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/mcp`,
    tokens,
    correlations,
    stop: async () => {
      if (!server.listening) return
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
