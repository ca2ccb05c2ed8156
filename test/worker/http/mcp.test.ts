import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Todo } from '../../../shared/todos.ts'
import { type SignedUp, startStack } from '../../support/stack.ts'
import { connectMcp, ORIGIN, openDoors, tokenFor } from './arrange.ts'

const stack = await startStack()
const [ada, eve] = [await stack.signUp('ada@acme.test'), await stack.signUp('eve@globex.test')]
const doors = await openDoors(stack)
afterAll(async () => {
  await doors.stop()
  await stack.stop()
})

const COMMAND = join(import.meta.dirname, '../../../worker/http/mcp/stdio.ts')
const clients: Client[] = []
beforeEach(() => stack.sql`delete from public.todos`)
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
})

async function tokenOf({ client }: SignedUp): Promise<string> {
  const { data } = await client.auth.getSession()
  return data.session?.access_token ?? ''
}

async function byHttp(person: SignedUp): Promise<Client> {
  return keep(await connectMcp(doors.url, await tokenOf(person)))
}

const PROJECT = { SUPABASE_URL: stack.url, SUPABASE_PUBLISHABLE_KEY: stack.anonKey }

async function byStdio(person: SignedUp, env: Record<string, string> = {}): Promise<Client> {
  const given = { ...PROJECT, LIVEROW_EMAIL: person.email, LIVEROW_PASSWORD: person.password, ...env }
  const client = new Client({ name: 'tests', version: '1.0.0' })
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [COMMAND], env: given }))
  return keep(client)
}

function keep(client: Client): Client {
  clients.push(client)
  return client
}

type Given = { success: true; task_id: string; title: string; todo: Todo; todos: Todo[]; has_more: boolean }

/** Calls a tool that has to succeed. Its text must say the same as its structure. */
async function call(client: Client, name: string, args: object = {}, _meta?: Record<string, unknown>): Promise<Given> {
  const result = await client.callTool({ name, arguments: { ...args }, ...(_meta && { _meta }) })
  expect(result.isError, JSON.stringify(result.content)).toBeFalsy()
  const [part] = result.content
  expect(JSON.parse(part?.type === 'text' ? part.text : '')).toEqual(result.structuredContent)
  return result.structuredContent as Given
}

/** Calls a tool that has to fail, and gives its words. */
async function fail(client: Client, name: string, args: object = {}): Promise<string> {
  const result = await client.callTool({ name, arguments: { ...args } })
  expect(result.isError).toBe(true)
  const [part] = result.content
  return part?.type === 'text' ? part.text : ''
}

const rows = () => stack.sql`select user_id, title, is_completed from public.todos order by created_at`

describe.each([
  ['http', byHttp],
  ['stdio', byStdio],
] as const)('the todos over %s', (_way, connect) => {
  it('are created, listed, changed, completed and deleted', async () => {
    const client = await connect(ada)
    const { task_id, todo } = await call(client, 'todo_create', { title: 'Buy groceries', due_on: '2026-12-01' })
    expect(todo).toMatchObject({ id: task_id, title: 'Buy groceries', due_on: '2026-12-01', is_completed: false })
    await call(client, 'todo_update', { task_id, title: 'Buy milk', due_on: '', priority: 'high' })
    expect((await call(client, 'todo_list')).todos).toMatchObject([
      { id: task_id, title: 'Buy milk', due_on: null, priority: 'high' },
    ])
    expect((await call(client, 'todo_complete', { task_id })).todo.completed_at).not.toBeNull()
    expect((await call(client, 'todo_list')).todos).toEqual([])
    expect((await call(client, 'todo_list', { status: 'completed' })).todos).toHaveLength(1)
    expect(await fail(client, 'todo_delete', { task_id, title: 'Buy groceries' })).toMatch(/^There is no todo with/)
    expect(await call(client, 'todo_delete', { task_id, title: 'Buy milk' })).toMatchObject({ task_id })
    expect(await rows()).toEqual([])
  })

  it('of another user are neither seen nor touched', async () => {
    const { task_id } = await call(await connect(ada), 'todo_create', { title: 'Secret' })
    const stranger = await connect(eve)
    expect((await call(stranger, 'todo_list', { status: 'all' })).todos).toEqual([])
    for (const [name, more] of [
      ['todo_update', { title: 'Mine' }],
      ['todo_complete', {}],
      ['todo_delete', { title: 'Secret' }],
    ] as const) {
      expect(await fail(stranger, name, { task_id, ...more })).toMatch(/^There is no todo with the id/)
    }
    expect(await rows()).toEqual([{ user_id: ada.userId, title: 'Secret', is_completed: false }])
  })

  it('are declared: five tools, what they take and give, and how they may be called', async () => {
    const { tools } = await (await connect(ada)).listTools()
    const hints = tools.map(({ name, annotations: a }) => [
      name,
      a?.readOnlyHint,
      a?.destructiveHint,
      a?.idempotentHint,
    ])
    expect(hints.sort()).toEqual([
      ['todo_complete', false, false, true],
      ['todo_create', false, false, false],
      ['todo_delete', false, true, true],
      ['todo_list', true, false, true],
      ['todo_update', false, false, true],
    ])
    for (const { inputSchema, outputSchema } of tools) {
      expect(Object.keys(inputSchema.properties ?? {})).not.toContain('user_id')
      expect(outputSchema?.required).toContain('success')
    }
  })

  it('belong to the caller, whatever the arguments say', async () => {
    await call(await connect(eve), 'todo_create', { title: 'Mine', user_id: ada.userId })
    expect(await rows()).toMatchObject([{ user_id: eve.userId }])
  })

  it('say in words what is wrong with a call', async () => {
    const client = await connect(ada)
    expect(await fail(client, 'todo_create', { title: ' ' })).toMatch(/title is empty/i)
    expect(await fail(client, 'todo_create', { title: 'x', due_on: 'tomorrow' })).toMatch(/YYYY-MM-DD/)
    expect(await fail(client, 'todo_create', { title: 'x', due_on: '0000-01-01' })).toMatch(/no year 0/)
    expect(await fail(client, 'todo_create', { title: 'a\0b' })).toMatch(/NUL/)
    expect(await fail(client, 'todo_list', { search: 'a\0b' })).toMatch(/NUL/)
    expect(await fail(client, 'todo_complete', { task_id: 'the first' })).toMatch(/take one from todo_list/)
    const { task_id } = await call(client, 'todo_create', { title: 'x', description: null, priority: null })
    expect(await fail(client, 'todo_update', { task_id, title: null })).toMatch(/Say what is to change/)
  })
})

describe('a todo', () => {
  it('is created once by a call that is made twice, and by another call of the same words again', async () => {
    const client = await byHttp(ada)
    const key = { 'liverow/call-key': 'task/call_1' }
    const first = await call(client, 'todo_create', { title: 'Milk' }, key)
    expect(await call(client, 'todo_create', { title: 'Milk' }, key)).toEqual(first)
    await call(client, 'todo_create', { title: 'Milk' }, { 'liverow/call-key': 'task/call_2' })
    expect(await rows()).toHaveLength(2)
  })

  it('is found by a part of its title, in which signs mean themselves', async () => {
    const client = await byHttp(ada)
    for (const title of ['100% wool', '1000 steps', 'a_b', 'aXb']) await call(client, 'todo_create', { title })
    const found = async (search: string) => (await call(client, 'todo_list', { search })).todos.map(each => each.title)
    expect(await found('00%')).toEqual(['100% wool'])
    expect(await found('A_B')).toEqual(['a_b'])
    expect(await found('"), or=(')).toEqual([])
  })

  it('beyond the limit of a list is announced', async () => {
    const client = await byHttp(ada)
    for (const title of ['one', 'two', 'three']) await call(client, 'todo_create', { title })
    const { todos, has_more } = await call(client, 'todo_list', { limit: 2 })
    expect([todos.map(each => each.title), has_more]).toEqual([['three', 'two'], true])
  })

  it('too many is refused in the words of the database', async () => {
    await stack.sql`insert into public.todos (user_id, title)
      select ${ada.userId}, 'Todo ' || n from generate_series(1, 1000) n`
    expect(await fail(await byHttp(ada), 'todo_create', { title: 'x' })).toBe(
      'You have 1000 open todos, which is the limit. Complete or delete some.',
    )
  })
})

const ask = (token: string | undefined, headers: Record<string, string> = {}, body?: string) =>
  fetch(`${doors.url}/mcp`, {
    method: 'POST',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: body ?? JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  })

describe('over HTTP', () => {
  const soon = () => Math.floor(Date.now() / 1000) + 60
  it.each([
    ['no token', () => undefined],
    ['no real token', () => 'abc.def.ghi'],
    ['a forged token', () => tokenFor('another-secret-of-32-characters-0000', { sub: ada.userId })],
    ['an expired token', () => tokenFor(stack.jwtSecret, { sub: ada.userId, exp: soon() - 120 })],
    ['a token that never expires', () => tokenFor(stack.jwtSecret, { sub: ada.userId, exp: undefined })],
    ['a token of a server', () => tokenFor(stack.jwtSecret, { sub: ada.userId, role: 'service_role' })],
    ['a token of nobody', () => tokenFor(stack.jwtSecret, {})],
    ['the publishable key', () => stack.anonKey],
    ['the secret key', () => stack.serviceKey],
  ])('with %s there is nothing, not even the list of tools', async (_what, token) => {
    const response = await ask(await token())
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /)
    const { error } = await response.json()
    expect(error).toEqual({
      code: 'unauthenticated',
      message: expect.any(String),
      correlation_id: response.headers.get('x-correlation-id'),
    })
  })

  it('a token that was accepted is refused when it has expired', async () => {
    const token = await tokenFor(stack.jwtSecret, { sub: ada.userId, exp: Math.floor(Date.now() / 1000) + 3 })
    expect((await ask(token)).status).toBe(200)
    await expect.poll(async () => (await ask(token)).status, { timeout: 6_000 }).toBe(401)
  })

  it('a page of somewhere else is refused, and so is a name that is not ours', async () => {
    const token = await tokenOf(ada)
    expect((await ask(token, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await ask(token, { origin: ORIGIN })).status).toBe(200)
    // fetch writes the Host header itself.
    const status = (host: string) => statusFor(host, token)
    expect(await status('evil.example')).toBe(403)
    const refused = doors.told.of('requestRefused').map(([told]) => told)
    expect(refused.filter(told => (told as { code: string }).code === 'forbidden')).toHaveLength(2)
    expect(await status('api.example.test')).toBe(200)
  })

  it('a body that is too large is refused before it is read', async () => {
    const response = await ask(await tokenOf(ada), {}, JSON.stringify({ x: 'x'.repeat(300_000) }))
    expect(response.status).toBe(413)
  })

  it('there is no session to keep, so any instance answers', async () => {
    const other = await openDoors(stack)
    const client = await byHttp(ada)
    const { task_id } = await call(client, 'todo_create', { title: 'x' })
    const second = keep(await connectMcp(other.url, await tokenOf(ada)))
    expect(await call(second, 'todo_complete', { task_id })).toMatchObject({ task_id })
    for (const method of ['GET', 'DELETE']) {
      const headers = { authorization: `Bearer ${await tokenOf(ada)}`, accept: 'text/event-stream' }
      expect((await fetch(`${doors.url}/mcp`, { method, headers })).status).toBe(405)
    }
    await second.close()
    await other.stop()
  })

  it('a worker without the publishable key says what to set', async () => {
    const other = await openDoors(undefined)
    const response = await fetch(`${other.url}/mcp`, { method: 'POST' })
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('SUPABASE_PUBLISHABLE_KEY')
    await other.stop()
  })

  it('a project that does not answer is no reason to take anybody for a user', async () => {
    const other = await openDoors({ url: 'http://127.0.0.1:9', anonKey: stack.anonKey })
    const response = await fetch(`${other.url}/mcp`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await tokenOf(ada)}` },
    })
    expect(response.status).toBe(503)
    await other.stop()
  })
})

/** What a request with this Host header is answered with. */
async function statusFor(host: string, token: string): Promise<number> {
  const { request } = await import('node:http')
  const headers = {
    host,
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  const sent = request(`${doors.url}/mcp`, { method: 'POST', headers })
  sent.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }))
  const [response] = await once(sent, 'response')
  response.resume()
  return response.statusCode
}

describe('the command', () => {
  it('takes a token instead of a password', async () => {
    const client = await byStdio(ada, { LIVEROW_TOKEN: await tokenOf(eve), LIVEROW_PASSWORD: '' })
    await call(client, 'todo_create', { title: 'By token' })
    expect(await rows()).toMatchObject([{ user_id: eve.userId }])
  })

  it.each([
    ['without knowing whose todos they are', PROJECT, /LIVEROW_EMAIL/],
    ['without a project', { LIVEROW_TOKEN: 'x' }, /SUPABASE_URL[\s\S]*SUPABASE_PUBLISHABLE_KEY/],
    ['with a wrong password', { ...PROJECT, LIVEROW_EMAIL: ada.email, LIVEROW_PASSWORD: 'wrong-one' }, /Signing in/],
  ])('does not start %s, and says so where it does not disturb', async (_what, env, words) => {
    const run = promisify(execFile)(process.execPath, [COMMAND], { env })
    const failure = await run.then(
      () => undefined,
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
    expect(failure).toMatchObject({ code: 1, stdout: '' })
    expect(failure?.stderr).toMatch(words)
    expect(failure?.stderr).not.toMatch(/wrong-one|\n\s+at /)
  })

  it('ends with its client', async () => {
    const env = { ...PROJECT, LIVEROW_EMAIL: ada.email, LIVEROW_PASSWORD: ada.password }
    const child = spawn(process.execPath, [COMMAND], { env, stdio: ['pipe', 'ignore', 'inherit'] })
    child.stdin.end()
    expect((await once(child, 'exit'))[0]).toBe(0)
  })
})
