import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type FunctionTool, RunContext } from '@openai/agents'
import { decodeJwt } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAlive } from '../../../supabase/local/processes.ts'
import type { TaskContext } from '../../../worker/agents/context.ts'
import { createIdentity } from '../../../worker/agents/identity.ts'
import { annotationsOf, type McpServer, openMcpTools } from '../../../worker/agents/mcp.ts'
import { waitFor } from '../arrange.ts'
import { serveTools } from './mcp-http.ts'

const SECRET = 'a-secret-of-the-project-0123456789abcdef'
const ALICE = {
  id: '11111111-1111-4111-8111-111111111111',
  userId: 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
  correlationId: null,
}
const BOB = {
  id: '22222222-2222-4222-8222-222222222222',
  userId: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb',
  correlationId: null,
}
const NOBODY = { ...ALICE, userId: null }
const SCRIPT = join(import.meta.dirname, 'mcp-stdio.ts')

const ends: (() => unknown)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const end of ends.splice(0).reverse()) await end()
})

async function serve(options?: Parameters<typeof serveTools>[0]) {
  const tools = await serveTools(options)
  ends.push(tools.stop)
  return tools
}

type Options = {
  task?: { id: string; userId: string | null; correlationId: string | null }
  secret?: string | undefined
  controller?: AbortController
}

async function open(servers: McpServer[], options: Options = {}) {
  const { task = ALICE, controller = new AbortController() } = options
  const identity = createIdentity('secret' in options ? options.secret : SECRET)
  const opened = await openMcpTools(servers, { task, signal: controller.signal, identity })
  ends.push(opened.close)
  const call = (name: string, input: object = {}) =>
    callTool(opened.tools, name, JSON.stringify(input), controller.signal)
  return { ...opened, call, controller }
}

function callTool(tools: FunctionTool<TaskContext>[], name: string, input: string, signal: AbortSignal) {
  const tool = tools.find(each => each.name === name)
  if (!tool) throw new Error(`There is no tool ${name}, but ${tools.map(each => each.name).join(', ')}.`)
  return tool.invoke(new RunContext({} as TaskContext), input, { signal })
}

const byHttp = (url: string, rest: Partial<McpServer> = {}): McpServer => ({
  name: 'shelf',
  transport: { url },
  ...rest,
})

function byStdio(env: Record<string, string> = {}, rest: Partial<McpServer> = {}): McpServer {
  return { name: 'shelf', transport: { command: process.execPath, args: [SCRIPT], env }, ...rest }
}

/** How many children this process has. */
function childrenNow(): number {
  return process.getActiveResourcesInfo().filter(each => each === 'ProcessWrap').length
}

async function pidOf({ call }: { call: (name: string) => unknown }): Promise<number> {
  return JSON.parse((await call('mcp_shelf__who_am_i')) as string).pid
}

async function failureOf(work: Promise<unknown>) {
  return work.then(
    () => undefined,
    (error: { code?: string; retry?: boolean; message: string }) => error,
  )
}

describe.each(['http', 'stdio'] as const)('tools by %s', way => {
  const server = async (rest: Partial<McpServer> = {}) =>
    way === 'http' ? byHttp((await serve()).url, rest) : byStdio({}, rest)

  it('answer with their text', async () => {
    const { call } = await open([await server()])
    expect(await call('mcp_shelf__add', { a: 2, b: 3 })).toBe('5')
  })

  it('tell the model of their errors, and that they are errors', async () => {
    const { call } = await open([await server()])
    expect(await call('mcp_shelf__refuse')).toBe('This call failed: The shelf is empty.')
    expect(await call('mcp_shelf__throw')).toMatch(/^This call failed: .*The shelf broke/)
  })

  it('tell the model of arguments that they cannot read', async () => {
    const { tools, call, controller } = await open([await server()])
    expect(await call('mcp_shelf__add', { a: 'two' })).toMatch(/^This call failed: /)
    expect(await callTool(tools, 'mcp_shelf__add', '{"a":', controller.signal)).toMatch(/^The arguments cannot be read/)
  })

  it('tell the model when they take too long', async () => {
    const { call } = await open([await server({ timeoutSeconds: 0.2 })])
    expect(await call('mcp_shelf__hang')).toBe(
      'This call failed: No answer within 0.2 s; whether the call took effect is unknown.',
    )
  })

  it('fail the attempt, for another one, when their server dies in the middle', async () => {
    const { call } = await open([await server({ timeoutSeconds: 10 })])
    expect(await failureOf(call('mcp_shelf__die') as Promise<unknown>)).toMatchObject({
      code: 'mcp_unavailable',
      retry: true,
      message: 'The MCP server shelf cannot be reached.',
    })
  })

  it('stop when the attempt is told to', async () => {
    const { call, controller } = await open([await server()])
    const calling = failureOf(call('mcp_shelf__hang') as Promise<unknown>)
    controller.abort()
    expect((await calling) as object).toMatchObject({ name: 'AbortError' })
  })

  it('are only those that the kind wants', async () => {
    const { tools } = await open([await server({ tools: ['add', 'no_such_tool'] })])
    expect(tools.map(each => each.name)).toEqual(['mcp_shelf__add'])
  })

  it('say whether they may be called twice; one that says nothing is taken for the worst', async () => {
    const { tools } = await open([await server()])
    const hints = Object.fromEntries(tools.map(each => [each.name.replace('mcp_shelf__', ''), annotationsOf(each)]))
    expect(hints.who_am_i).toEqual({ readOnlyHint: true, destructiveHint: false, idempotentHint: true })
    expect(hints.add).toEqual({ readOnlyHint: false, destructiveHint: false, idempotentHint: true })
    expect(hints.refuse).toEqual({ readOnlyHint: false, destructiveHint: true, idempotentHint: false })
    expect(annotationsOf({})).toBeUndefined()
  })

  it('are cut where no model would read on', async () => {
    const { call } = await open([await server()])
    const text = (await call('mcp_shelf__flood')) as string
    expect(text.length).toBeLessThan(101_000)
    expect(text).toMatch(/The rest is cut off\.\)$/)
  })

  it('tell what they have as text, and that there was more', async () => {
    const { call } = await open([await server()])
    expect(await call('mcp_shelf__mixed')).toBe('A page.\n(A part that is no text is left out: image.)\nfile:///page')
  })

  it('have no user where their server is declared without', async () => {
    const { call } = await open([await server()])
    expect(JSON.parse((await call('mcp_shelf__who_am_i')) as string).user).toBeUndefined()
  })
})

describe('the user of a task', () => {
  it('is who a server sees, also when two tasks call it at once', async () => {
    const { url, tokens } = await serve({ secret: SECRET })
    const server = byHttp(url, { identity: true })
    const [alice, bob] = await Promise.all([open([server]), open([server], { task: BOB })])
    const asked = await Promise.all(
      [alice, bob, alice, bob, bob, alice].map(
        async ({ call }) => JSON.parse((await call('mcp_shelf__who_am_i')) as string).user,
      ),
    )
    expect(asked).toEqual([ALICE, BOB, ALICE, BOB, BOB, ALICE].map(each => each.userId))
    for (const token of tokens) {
      const { sub, role, aud, iss, task_id, iat = 0, exp = 0 } = decodeJwt(token)
      expect([ALICE, BOB].map(each => [each.userId, each.id])).toContainEqual([sub, task_id])
      expect({ role, aud, iss, seconds: exp - iat }).toEqual({
        role: 'authenticated',
        aud: 'authenticated',
        iss: 'liverow',
        seconds: 300,
      })
    }
  })

  it('is told along with the correlation id of the task, to servers that are told the user and to no other', async () => {
    const [own, other] = [await serve({ secret: SECRET }), await serve()]
    await open([byHttp(own.url, { identity: true })], { task: { ...ALICE, correlationId: 'order-7' } })
    await open([byHttp(own.url, { identity: true })])
    await open([byHttp(other.url)], { task: { ...ALICE, correlationId: 'order-7' } })
    expect(new Set(own.correlations)).toEqual(new Set(['order-7', null]))
    expect(new Set(other.correlations)).toEqual(new Set([null]))
  })

  it('is known by a token that is new with each request, so that it never runs out', async () => {
    const { url } = await serve({ secret: SECRET })
    const { call } = await open([byHttp(url, { identity: true })])
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 3_600_000)
    expect(JSON.parse((await call('mcp_shelf__who_am_i')) as string)).toEqual({ user: ALICE.userId })
  })

  it('is not who an old token says', async () => {
    const { url, tokens } = await serve({ secret: SECRET })
    const stolen = { tokenOf: async () => tokens[0] ?? '' }
    await open([byHttp(url, { identity: true })])
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 301_000)
    const opening = openMcpTools([byHttp(url, { identity: true })], {
      task: ALICE,
      signal: new AbortController().signal,
      identity: stolen,
    })
    expect(await failureOf(opening)).toMatchObject({ code: 'mcp_refused', retry: false })
  })

  it('reaches a child by its environment, and renewed with each call', async () => {
    const { call } = await open([byStdio({}, { identity: true })])
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 240_000)
    const { user, renewed } = JSON.parse((await call('mcp_shelf__who_am_i')) as string)
    expect(decodeJwt(user)).toMatchObject({ sub: ALICE.userId, task_id: ALICE.id })
    expect(decodeJwt(renewed).exp).toBeGreaterThanOrEqual((decodeJwt(user).exp ?? 0) + 239)
  })

  it('is refused a server that does not know our signature', async () => {
    const { url } = await serve({ secret: 'another-secret-0123456789abcdefghij' })
    const failure = await failureOf(open([byHttp(url, { identity: true })]))
    expect(failure).toMatchObject({ code: 'mcp_refused', retry: false })
    expect(failure?.message).toContain('USER_TOKEN_SECRET')
  })

  it('is not told to a server that the declared one sends us on to', async () => {
    const other = await serve({ secret: SECRET })
    const { url } = await serve({ redirect: other.url })
    expect(await failureOf(open([byHttp(url, { identity: true })]))).toMatchObject({ code: 'mcp_unavailable' })
    expect(other.tokens).toEqual([])
  })

  it('is needed by a server that acts as one: a task of nobody is refused before it is connected', async () => {
    const { url, tokens } = await serve()
    expect(await failureOf(open([byHttp(url, { identity: true })], { task: NOBODY }))).toMatchObject({
      code: 'user_required',
      retry: false,
    })
    expect(tokens).toEqual([])
  })

  it('cannot be told without the secret, and the refusal names the setting', async () => {
    const { url, tokens } = await serve()
    const failure = await failureOf(open([byHttp(url, { identity: true })], { secret: undefined }))
    expect(failure).toMatchObject({ code: 'user_token_missing', retry: false })
    expect(failure?.message).toContain('USER_TOKEN_SECRET')
    expect(tokens).toEqual([])
  })
})

describe('a server that is not there', () => {
  it.each([
    ['an address where nobody listens', async () => byHttp('http://127.0.0.1:1/mcp')],
    ['a program that does not exist', async () => byStdio({}, { transport: { command: '/no/such/program' } })],
    [
      'a program that ends at once',
      async () => byStdio({}, { transport: { command: process.execPath, args: ['-e', '0'] } }),
    ],
  ])('is met again by another attempt: %s', async (_what, server) => {
    expect(await failureOf(open([await server()]))).toMatchObject({ code: 'mcp_unavailable', retry: true })
  })

  it('leaves nothing of the others behind', async () => {
    await failureOf(open([byStdio(), byHttp('http://127.0.0.1:1/mcp', { name: 'other' })]))
    await waitFor('the child to end', () => childrenNow() === 0)
  })

  it('does not hold an attempt that is told to stop', async () => {
    const { url, tokens } = await serve({ hang: true })
    const controller = new AbortController()
    const opening = failureOf(open([byHttp(url)], { controller }))
    await waitFor('the server to be asked', () => tokens.length > 0)
    const startedAt = performance.now()
    controller.abort()
    expect(await opening).toMatchObject({ name: 'AbortError' })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})

describe('the names of tools', () => {
  it('hold the name of their server, so that servers and the kind cannot be mistaken', async () => {
    const { url } = await serve()
    const { tools } = await open([byHttp(url, { tools: ['add'] }), byHttp(url, { name: 'attic', tools: ['add'] })])
    expect(tools.map(each => each.name)).toEqual(['mcp_shelf__add', 'mcp_attic__add'])
  })

  it('are the server’s own where the kind wants that, unless two servers have one of the same name', async () => {
    const { url } = await serve()
    const shelf = byHttp(url, { tools: ['add'], ownNames: true })
    const { tools } = await open([shelf, byHttp(url, { name: 'attic', tools: ['add'] })])
    expect(tools.map(each => each.name)).toEqual(['add', 'mcp_attic__add'])
    const twins = open([shelf, { ...shelf, name: 'attic' }])
    expect(await failureOf(twins)).toMatchObject({ code: 'mcp_names_clash', retry: false })
  })

  it.each([['shelf', 'shelf'], ['the shelf'], ['']])(
    'ask for server names that are names and differ: %s',
    async (...names) => {
      const servers = names.map(name => byHttp('http://127.0.0.1:1/mcp', { name }))
      expect(await failureOf(open(servers))).toMatchObject({ code: 'mcp_names_clash', retry: false })
    },
  )
})

describe('a child', () => {
  it('ends with its worker, however that ends', async () => {
    const script = join(import.meta.dirname, 'mcp-exit.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [script, SCRIPT])
    const pid = Number(stdout)
    expect(pid).toBeGreaterThan(0)
    await waitFor('the child to end', () => !isAlive(pid), 3_000)
  })

  it('ends with its attempt', async () => {
    const opened = await open([byStdio()])
    const pid = await pidOf(opened)
    expect([isAlive(pid), childrenNow()]).toEqual([true, 1])
    await opened.close()
    expect(isAlive(pid)).toBe(false)
    await waitFor('its handle to close', () => childrenNow() === 0)
  })

  it('ends when the attempt is told to stop, even one that does not want to', async () => {
    const opened = await open([byStdio({ STUBBORN: '1' })])
    const pid = await pidOf(opened)
    opened.controller.abort()
    await waitFor('the child to end', () => !isAlive(pid), 3_000)
    await opened.close()
  })

  it('ends whenever the attempt is told to stop while it starts', async () => {
    for (const turns of [0, 1, 2, 3, 5, 8, 13, 21]) {
      const controller = new AbortController()
      const opening = failureOf(open([byStdio({ STUBBORN: '1' })], { controller }))
      for (let n = 0; n < turns; n++) await Promise.resolve()
      controller.abort()
      expect(await opening).toMatchObject({ name: 'AbortError' })
      await waitFor(`the child to end, told after ${turns} turns`, () => childrenNow() === 0, 3_000)
    }
  })

  it('gets nothing of the environment of the worker but what it needs to run', async () => {
    process.env.SECRET_OF_THE_WORKER = 'hunter2'
    ends.push(() => delete process.env.SECRET_OF_THE_WORKER)
    const script = `process.stdin.resume(); require('node:fs').writeFileSync(process.env.OUT, JSON.stringify(process.env)); process.exit()`
    const folder = mkdtempSync(join(tmpdir(), 'liverow-mcp-'))
    ends.push(() => rmSync(folder, { recursive: true }))
    const out = join(folder, 'env.json')
    await failureOf(
      open([byStdio({}, { transport: { command: process.execPath, args: ['-e', script], env: { OUT: out } } })]),
    )
    expect(readFileSync(out, 'utf8')).not.toContain('hunter2')
  })
})
