import { setTimeout as pause } from 'node:timers/promises'
import {
  type CallToolResult,
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  StreamableHTTPClientTransport,
  type Tool,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { TaskError } from '../errors.ts'
import type { Task } from '../task.ts'
import type { Identity } from './identity.ts'

// The Agents SDK has classes for this too. They write to the console, hide what kind of failure it was, and let a
// child write into our log; so this is the official client, which does none of that.

/** A server that tools are taken from; a kind declares its own in its pipeline. */
export type McpServer = {
  /** Letters, digits and `_`; its tools are called `mcp_<name>__<tool>`. */
  name: string
  /** A streamable HTTP endpoint, or a program that is started for each attempt. */
  transport: { url: string } | { command: string; args?: string[]; env?: Record<string, string> }
  /** How long a call may take. */
  timeoutSeconds?: number
  /** Only these of its tools; all if left out. */
  tools?: string[]
  /**
   * It gets a token of the task's user: by HTTP as bearer, along with the task's correlation id, by stdio as USER_TOKEN in its environment and, renewed, as
   * `_meta['liverow/user-token']` of each call. A token dies after five minutes.
   */
  identity?: boolean
  /** Which calls need the consent of the task's user: those that may destroy something, as the server says, or all. */
  approve?: 'destructive' | 'always'
  /** Its tools keep the names that it gives them; no other server of the kind may have one of that name. */
  ownNames?: boolean
  /**
   * It gets `_meta['liverow/call-key']`, the same when a call is made again after a crash, and does nothing twice for one
   * key: so all of its calls that were cut off run again.
   */
  callKeys?: boolean
}

/** For whom and how long. */
export type McpCaller = { task: Pick<Task, 'id' | 'userId' | 'correlationId'>; signal: AbortSignal; identity: Identity }

/** Which call of the model it is made for, and until when. */
type CallBy = { callId?: string | undefined; signal?: AbortSignal | undefined }

/** A server as one attempt talks to it. */
export type McpConnection = {
  server: McpServer
  tools: Tool[]
  /** @throws TaskError when the connection is gone; all else that goes wrong comes as a result that says so. */
  call: (tool: string, args: Record<string, unknown>, by?: CallBy) => Promise<CallToolResult>
  /** Ends a child too, if need be by force. Never fails. */
  close: () => Promise<void>
}

export const CALL_SECONDS = 30
const CONNECT_MS = 10_000
const GOODBYE_MS = 1_000

/**
 * Connects for one attempt; ends when its signal fires or at `close`, whichever is first.
 *
 * @throws TaskError `mcp_unavailable` (tried again), `mcp_refused`; and what `identity` throws.
 */
export async function connectMcp(server: McpServer, caller: McpCaller): Promise<McpConnection> {
  const { signal } = caller
  const transport = await openTransport(server, caller)
  const client = new Client({ name: 'liverow', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  const close = onceOnly(() => closeAll(client, transport))
  const stop = () => void close()
  signal.addEventListener('abort', stop, { once: true })
  const end = () => {
    signal.removeEventListener('abort', stop)
    return close()
  }
  try {
    signal.throwIfAborted()
    await client.connect(transport, { timeout: CONNECT_MS, signal })
    if (transport instanceof StdioClientTransport) watchChild(client, transport)
    const { tools } = await client.listTools(undefined, { timeout: CONNECT_MS, signal })
    const offered = server.tools ? tools.filter(({ name }) => server.tools?.includes(name)) : tools
    return {
      server,
      tools: offered,
      call: (tool, args, by) => call({ server, client, caller }, tool, args, by),
      close: end,
    }
  } catch (error) {
    await end()
    signal.throwIfAborted()
    throw connectFault(server, error)
  }
}

type Transport = StreamableHTTPClientTransport | StdioClientTransport

async function openTransport({ transport, identity }: McpServer, caller: McpCaller): Promise<Transport> {
  const token = () => caller.identity.tokenOf(caller.task)
  // Asked for at once, so that a server that wants a user is not even connected to without one.
  const first = identity ? await token() : undefined
  if ('command' in transport) {
    const env = { ...transport.env, ...(first && { USER_TOKEN: first }) }
    // What a child writes may hold anything, so it stays out of our log.
    return new StdioClientTransport({ command: transport.command, args: transport.args ?? [], env, stderr: 'ignore' })
  }
  const asUser = async (url: string | URL, init?: RequestInit) => {
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${await token()}`)
    if (caller.task.correlationId !== null) headers.set('x-correlation-id', caller.task.correlationId)
    return fetch(url, { ...init, headers })
  }
  return new StreamableHTTPClientTransport(new URL(transport.url), {
    // A server may not send us, and the token, to another that nobody declared.
    redirectPolicy: 'same-origin',
    ...(identity && { fetch: asUser }),
  })
}

type Line = { server: McpServer; client: Client; caller: McpCaller }

async function call(
  { server, client, caller }: Line,
  name: string,
  args: Record<string, unknown>,
  { callId, signal = caller.signal }: CallBy = {},
): Promise<CallToolResult> {
  const seconds = server.timeoutSeconds ?? CALL_SECONDS
  const byStdio = 'command' in server.transport
  try {
    const _meta = {
      ...(server.identity && byStdio && { 'liverow/user-token': await caller.identity.tokenOf(caller.task) }),
      // A fork of the task has the same calls, and they are others.
      ...(server.callKeys && callId !== undefined && { 'liverow/call-key': `${caller.task.id}/${callId}` }),
    }
    const params = { name, arguments: args, ...(Object.keys(_meta).length > 0 && { _meta }) }
    return await client.callTool(params, { timeout: seconds * 1000, signal })
  } catch (error) {
    signal.throwIfAborted()
    caller.signal.throwIfAborted()
    const words = wordsOf(error, seconds)
    if (words === undefined) throw unavailable(server, error)
    return { content: [{ type: 'text', text: words }], isError: true }
  }
}

const UNREADABLE: string[] = [
  SdkErrorCode.InvalidResult,
  SdkErrorCode.UnsupportedResultType,
  SdkErrorCode.InputRequiredRoundsExceeded,
  SdkErrorCode.CapabilityNotSupported,
]
/** A session that is gone, a timeout on the way, too many requests: the call itself is not at fault. */
const OF_THE_LINE = [404, 408, 429]

/** What the model is told when this call went wrong; undefined when it is the connection that failed. */
function wordsOf(error: unknown, seconds: number): string | undefined {
  if (error instanceof ProtocolError) return error.message
  if (error instanceof SdkHttpError) {
    const { status } = error
    const isRefusal = status >= 400 && status < 500 && !OF_THE_LINE.includes(status)
    return isRefusal ? `The server refuses this call (HTTP ${status}).` : undefined
  }
  if (error instanceof UnauthorizedError) return 'The server refuses this call (HTTP 401).'
  if (!(error instanceof SdkError)) return undefined
  if (error.code === SdkErrorCode.RequestTimeout) {
    return `No answer within ${seconds} s; whether the call took effect is unknown.`
  }
  return UNREADABLE.includes(error.code) ? 'The server answered in a form that cannot be used.' : undefined
}

function connectFault(server: McpServer, cause: unknown): TaskError {
  const status = cause instanceof SdkHttpError ? cause.status : cause instanceof UnauthorizedError ? 401 : undefined
  if (status !== 401 && status !== 403) return unavailable(server, cause)
  const remedy = server.identity
    ? 'check that USER_TOKEN_SECRET of the worker is the secret that it checks tokens with.'
    : 'it may want the user: declare it with `identity`.'
  return new TaskError('mcp_refused', `The MCP server ${server.name} refuses the worker: ${remedy}`, { cause })
}

function unavailable({ name }: McpServer, cause: unknown): TaskError {
  if (cause instanceof TaskError) return cause
  return new TaskError('mcp_unavailable', `The MCP server ${name} cannot be reached.`, { retry: true, cause })
}

async function closeAll(client: Client, transport: Transport): Promise<void> {
  // All of it is courtesy: a server that does not answer any more must not keep a task from its end.
  const ignore = () => undefined
  const pid = transport instanceof StdioClientTransport ? transport.pid : null
  const force = setTimeout(() => pid !== null && kill(pid), GOODBYE_MS)
  if (transport instanceof StreamableHTTPClientTransport && transport.sessionId) {
    await Promise.race([transport.terminateSession().catch(ignore), pause(GOODBYE_MS)])
  }
  await client.close().catch(ignore)
  await transport.close().catch(ignore)
  clearTimeout(force)
}

const children = new Set<number>()

/** A worker that exits before its children have been asked to end takes them along. */
function watchChild(client: Client, { pid }: StdioClientTransport): void {
  if (pid === null) return
  if (!process.listeners('exit').includes(killChildren)) process.on('exit', killChildren)
  children.add(pid)
  client.onclose = () => children.delete(pid)
}

function killChildren(): void {
  for (const pid of children) kill(pid)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

function onceOnly(work: () => Promise<void>): () => Promise<void> {
  let under: Promise<void> | undefined
  return () => {
    under ??= work()
    return under
  }
}
