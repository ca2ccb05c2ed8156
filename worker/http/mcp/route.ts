import { createMcpHandler, hostHeaderValidationResponse, originValidationResponse } from '@modelcontextprotocol/server'
import { Hono } from 'hono'
import type { TakeTurn } from '../api/room.ts'
import { insistOnTurn } from '../api/turns.ts'
import type { Callers } from '../caller.ts'
import { createTodoServer } from './todo-server.ts'

const MOST_BYTES = 262_144
/** Of one user. Agents call on their user's account, several times a turn. */
export const TODO_CALLS_PER_MINUTE = 600

export type McpRouteOptions = {
  callers: Callers
  takeTurn: TakeTurn
  version: string
  /** Names by which the server is reached, and hosts of pages that may call it. */
  allowed: { hosts: string[]; origins: string[] }
  onFault: (error: unknown) => void
  /** A name or a page that is not allowed. @param id of the request */
  onRefused: (id: string) => void
  /** @param code why */
  onToolRefused: (tool: string, code: string) => void
}

/**
 * The todos of whoever calls as an MCP server over streamable HTTP, at `/mcp`. Each request stands alone, so any instance
 * may answer it. Without a user's token there is nothing, not even the list of tools.
 */
export function createMcpRoute({ callers, takeTurn, version, allowed, onRefused, ...rest }: McpRouteOptions): Hono {
  return new Hono().all('/mcp', async c => {
    const request = c.req.raw
    // A page whose name was made to lead to this machine could otherwise speak to it (DNS rebinding).
    const refused =
      hostHeaderValidationResponse(request, allowed.hosts) ?? originValidationResponse(request, allowed.origins)
    if (refused) {
      onRefused(c.get('correlation'))
      return refused
    }
    const { supabase, userId } = await callers(c.req.header('authorization'))
    await insistOnTurn(takeTurn, userId, { bucket: 'api:mcp', perMinute: TODO_CALLS_PER_MINUTE })
    // One for each request: nothing of one user is there when another one's comes.
    const handler = createMcpHandler(() => createTodoServer({ supabase, version, ...rest }), {
      maxRequestBodySize: MOST_BYTES,
    })
    return handler.fetch(request)
  })
}
