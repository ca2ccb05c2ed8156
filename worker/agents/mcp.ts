import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallToolResult, Tool } from '@modelcontextprotocol/client'
import { type FunctionTool, getAllMcpTools, type MCPServer, ModelBehaviorError } from '@openai/agents'
import { TaskError } from '../errors.ts'
import type { TaskContext } from './context.ts'
import { CALL_SECONDS, connectMcp, type McpCaller, type McpConnection, type McpServer } from './mcp-connection.ts'
import { failedBecause } from './tool-outcome.ts'
import { governed } from './tool-policy.ts'

export type { McpServer } from './mcp-connection.ts'

/** More than this no model reads, and it is in the journal for good. */
const MOST_CHARACTERS = 100_000

/** What a server says of a tool; where it says nothing, the worst. Hints: believe them of servers you trust. */
export type Annotations = { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean }

const annotations = new WeakMap<object, Annotations>()
/** The id of the call that is made: the SDK does not hand it down. */
const callIds = new AsyncLocalStorage<string | undefined>()

/** @returns undefined for a tool that is of no MCP server. */
export function annotationsOf(tool: object): Annotations | undefined {
  return annotations.get(tool)
}

/**
 * Connects to these servers for one attempt and makes their tools the agents' own, by names that hold the server's, unless
 * it is declared otherwise. The tools still want to be made durable, as all do. Nothing is shared between attempts: no connection, no list of tools.
 *
 * @throws TaskError `mcp_unavailable` (tried again), `mcp_refused`, `mcp_names_clash`, `user_token_missing`, `user_required`.
 */
export async function openMcpTools(
  servers: McpServer[],
  caller: McpCaller,
): Promise<{ tools: FunctionTool<TaskContext>[]; close: () => Promise<void> }> {
  refuseTwins(servers.map(({ name }) => name))
  const tries = await Promise.allSettled(servers.map(server => connectMcp(server, caller)))
  const connections = tries.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
  const close = async () => {
    await Promise.all(connections.map(each => each.close()))
  }
  try {
    for (const each of tries) if (each.status === 'rejected') throw each.reason
    return { tools: await toolsOf(connections), close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * The tools of the servers that the kind declares or the operator gives it, for this attempt: what a server does not call
 * idempotent is not run again after a crash.
 *
 * @throws as openMcpTools.
 */
export async function mcpTools(
  context: TaskContext,
  servers: McpServer[] = context.mcpServers,
): Promise<FunctionTool<TaskContext>[]> {
  if (servers.length === 0) return []
  const { tools, close } = await openMcpTools(servers, context)
  context.closers.push(close)
  return tools.map(tool => governed(tool, { inFlight: annotationsOf(tool)?.idempotentHint ? 'rerun' : 'fail' }))
}

/** The SDK would tell apart what its own name rule makes equal by a hash; a name should say whose tool it is. */
function refuseTwins(names: string[]): void {
  const bad = names.find((name, index) => !/^[a-z0-9_]+$/i.test(name) || names.indexOf(name) !== index)
  if (bad === undefined) return
  const remedy = 'give each server of a kind a name of its own, of letters, digits and "_".'
  throw new TaskError('mcp_names_clash', `The MCP server name "${bad}" is taken or not a name: ${remedy}`)
}

async function toolsOf(connections: McpConnection[]): Promise<FunctionTool<TaskContext>[]> {
  const taken = await getAllMcpTools<TaskContext>({
    mcpServers: connections.map(forSdk),
    includeServerInToolNames: true,
  })
  const tools = taken.filter(tool => tool.type === 'function')
  // They come in the order in which they were listed.
  const origins = connections.flatMap(({ server, tools }) => tools.map(tool => ({ server, tool })))
  for (const [index, tool] of tools.entries()) {
    const origin = origins[index]
    if (!origin) continue
    const hints = hintsOf(origin.tool, origin.server)
    annotations.set(tool, hints)
    const { approve, ownNames } = origin.server
    if (ownNames) tool.name = origin.tool.name
    if (approve === 'always' || (approve && hints.destructiveHint)) tool.needsApproval = async () => true
    // A little later than the call's own limit, which says more.
    tool.timeoutMs = ((origin.server.timeoutSeconds ?? CALL_SECONDS) + 5) * 1000
    const invoke = tool.invoke
    tool.invoke = (...args) => callIds.run(args[2]?.toolCall?.callId, async () => plain(await invoke(...args)))
  }
  refuseSharedNames(tools.map(({ name }) => name))
  return tools
}

function refuseSharedNames(names: string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return
  const remedy = 'declare one of the servers without `ownNames`.'
  throw new TaskError('mcp_names_clash', `Two MCP servers have a tool "${twice}": ${remedy}`)
}

function hintsOf({ annotations: said }: Tool, { callKeys }: McpServer): Annotations {
  const readOnlyHint = said?.readOnlyHint ?? false
  return {
    readOnlyHint,
    destructiveHint: !readOnlyHint && (said?.destructiveHint ?? true),
    idempotentHint: readOnlyHint || callKeys || (said?.idempotentHint ?? false),
  }
}

/** The SDK's view of a connection. Its cache of tools is by name over all users, so it stays off. */
function forSdk({ server, tools, call, close }: McpConnection): MCPServer {
  return {
    name: server.name,
    cacheToolsList: false,
    connect: async () => undefined,
    close,
    invalidateToolsCache: async () => undefined,
    listTools: async () => tools as Awaited<ReturnType<MCPServer['listTools']>>,
    callTool: async (name, args, _meta, options) =>
      contentOf(await call(name, args ?? {}, { callId: callIds.getStore(), signal: options?.signal })),
    errorFunction: ({ error }) => {
      // Whatever a call itself can meet is a result by now.
      if (!(error instanceof SyntaxError || error instanceof ModelBehaviorError)) throw error
      return 'The arguments cannot be read: they must be one JSON object that fits the schema.'
    },
  }
}

/** All as one text: every provider takes that, a reader of the journal too, and nothing in it can pose as more. */
function contentOf({ content, structuredContent, isError }: CallToolResult) {
  const texts = content.map(textOf)
  if (content.length === 0 && structuredContent) texts.push(JSON.stringify(structuredContent))
  const text = texts.join('\n')
  const shown = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}\n(The rest is cut off.)` : text
  return [{ type: 'text' as const, text: isError ? failedBecause(shown || 'no reason is given.') : shown }]
}

function textOf(part: CallToolResult['content'][number]): string {
  if (part.type === 'text') return part.text
  if (part.type === 'resource_link') return part.uri
  if (part.type === 'resource' && 'text' in part.resource) return part.resource.text
  return `(A part that is no text is left out: ${part.type}.)`
}

/** The SDK takes a text out of its list, but leaves it wrapped. */
function plain(output: unknown): string {
  const part = output as string | { text: string }
  return typeof part === 'string' ? part : part.text
}
