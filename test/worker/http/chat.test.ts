import getPort from 'get-port'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { chatAnswer, chatPending, errorAnswer, tasksAnswer } from '../../../shared/http.ts'
import { startBrain } from '../../../supabase/local/brain.ts'
import { type SignedUp, startStack } from '../../support/stack.ts'
import { waitFor } from '../arrange.ts'
import { online, start } from '../process.ts'
import { ORIGIN, openDoors, tokenFor } from './arrange.ts'

// A worker as a process of its own, which has the todos' server too, and the doors of another instance in this one.
const stack = await startStack()
const { sql } = stack
const brain = await startBrain({ pace: 'instant' })
const ends: (() => unknown)[] = []
const port = await getPort()
const worker = start(
  { atEnd: end => void ends.push(end) },
  {
    SUPABASE_URL: stack.url,
    SUPABASE_SERVICE_KEY: stack.serviceKey,
    SUPABASE_PUBLISHABLE_KEY: stack.anonKey,
    USER_TOKEN_SECRET: stack.jwtSecret,
    DATABASE_URL: stack.databaseUrl,
    OPENAI_API_KEY: brain.key,
    OPENAI_BASE_URL: brain.url,
    HOST: '127.0.0.1',
    PORT: String(port),
  },
)
await online(worker)
const doors = await openDoors(stack)
const [ada, eve] = [await stack.signUp('ada@acme.test'), await stack.signUp('eve@globex.test')]
afterAll(async () => {
  await doors.stop()
  for (const end of ends) await end()
  await brain.stop()
  await stack.stop()
})

beforeEach(async () => {
  await sql`delete from public.agent_sessions`
  await sql`delete from public.todos`
})

type Ask = { as?: SignedUp | null; url?: string; method?: string; headers?: Record<string, string>; body?: unknown }

async function ask(path: string, { as = ada, url = doors.url, method, headers, body }: Ask = {}): Promise<Response> {
  const { data } = as ? await as.client.auth.getSession() : { data: undefined }
  return fetch(url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(data?.session && { authorization: `Bearer ${data.session.access_token}` }),
      'content-type': 'application/json',
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

const chat = (body: unknown, more: Ask = {}) => ask('/api/v1/chat', { ...more, body })

/** Says something, and reads the answer of a turn that ends well. */
async function say(message: string, conversation_id?: string, more: Ask = {}) {
  const response = await chat({ message, conversation_id }, more)
  const body = await response.json()
  expect(response.status, JSON.stringify(body)).toBe(200)
  return chatAnswer.parse(body)
}

async function refusal(response: Promise<Response>) {
  const answered = await response
  const body = await answered.json()
  const { error } = errorAnswer.parse(body)
  expect(body).toEqual({ error })
  return { status: answered.status, ...error }
}

const tasks = async (query = '', as = ada) =>
  tasksAnswer.parse(await (await ask(`/api/v1/tasks${query}`, { as })).json()).tasks

async function decide(id: string | undefined, decision: string, as = ada) {
  return (await as.client.rpc('decide_agent_approval', { approval_id: String(id), decision })).error
}

describe('a chat over HTTP', () => {
  it('creates a task that is then on the list: the document’s own test', async () => {
    const answer = await say('Create a task called Buy groceries')
    expect(answer.agent_response).toBe("Done! I've created the task 'Buy groceries' for you.")
    const [todo] = await tasks()
    expect(todo).toMatchObject({ title: 'Buy groceries', is_completed: false })
    expect(answer.tool_calls).toMatchObject([
      {
        tool_name: 'todo_create',
        input: { title: 'Buy groceries' },
        result: { success: true, task_id: todo?.id, title: 'Buy groceries' },
      },
    ])
  })

  it('creates, lists, changes, completes and deletes in one conversation, on whichever instance', async () => {
    const own = { url: `http://127.0.0.1:${port}` }
    const { conversation_id: id } = await say('Create a task called Buy groceries')
    expect((await say('What is on my list?', id, own)).agent_response).toContain('**Buy groceries**')
    await say('Rename groceries to Buy milk', id)
    expect((await say('Mark milk as done', id, own)).conversation_id).toBe(id)
    expect(await tasks('?status=completed')).toMatchObject([{ title: 'Buy milk' }])
    expect(await tasks('?status=open')).toEqual([])

    const response = await chat({ message: 'Delete it', conversation_id: id })
    const waiting = chatPending.parse(await response.json())
    expect([response.status, waiting.status]).toEqual([202, 'waiting'])
    expect(waiting.agent_response).toMatch(/consent/)
    expect(waiting.approvals).toMatchObject([{ tool_name: 'todo_delete', input: { title: 'Buy milk' } }])
    expect(await tasks()).toHaveLength(1)
    expect((await decide(waiting.approvals[0]?.id, 'approve', eve))?.code).toBe('42501')
    expect(await decide(waiting.approvals[0]?.id, 'approve')).toBeNull()
    const done = chatAnswer.parse(await (await ask(String(response.headers.get('location')))).json())
    expect(done.agent_response).toBe('**Buy milk** is deleted.')
    expect(await tasks()).toEqual([])

    const turns = await ada.client
      .from('agent_session_turns')
      .select('message,tool_calls')
      .eq('session_id', id)
      .order('created_at')
    const names = turns.data?.map(({ tool_calls }) =>
      (tool_calls as { tool_name: string }[]).map(each => each.tool_name),
    )
    expect(names?.flat()).toEqual([
      'todo_create',
      'todo_list',
      'todo_list',
      'todo_update',
      'todo_list',
      'todo_complete',
      'todo_list',
      'todo_delete',
    ])
  })

  it('keeps users apart: todos, conversations and turns', async () => {
    const { conversation_id, task_id } = await say('Create a task called Secret')
    expect((await say('Show all tasks', undefined, { as: eve })).agent_response).toBe('Your list is empty.')
    expect(await tasks('', eve)).toEqual([])
    const intruding = chat({ message: 'Show all tasks', conversation_id }, { as: eve })
    expect(await refusal(intruding)).toMatchObject({ status: 404, code: 'conversation_not_found' })
    expect(await refusal(ask(`/api/v1/chat/${task_id}`, { as: eve }))).toMatchObject({
      status: 404,
      code: 'task_not_found',
    })
    await sql`insert into public.platform_admins (user_id) values (${eve.userId})`
    expect(await refusal(ask(`/api/v1/chat/${task_id}`, { as: eve }))).toMatchObject({
      status: 404,
      code: 'task_not_found',
    })
    const listening = ask(`/api/v1/chat/${task_id}`, { as: eve, headers: { accept: 'text/event-stream' } })
    expect(await refusal(listening)).toMatchObject({ status: 404, code: 'task_not_found' })
    await sql`delete from public.platform_admins`
    const nowhere = chat({ message: 'Hi', conversation_id: crypto.randomUUID() })
    expect(await refusal(nowhere)).toMatchObject({ status: 404, code: 'conversation_not_found' })
  })

  it('answers many at once without mixing them up', async () => {
    const users = [ada, eve]
    const titles = Array.from({ length: 12 }, (_, n) => `Todo number ${n}`)
    const answers = await Promise.all(
      titles.map((title, n) => say(`Create a task called ${title}`, undefined, { as: users[n % 2] ?? ada })),
    )
    expect(answers.map(each => each.tool_calls[0]?.result)).toMatchObject(titles.map(title => ({ title })))
    expect((await tasks('', ada)).map(each => each.title).sort()).toEqual(titles.filter((_, n) => n % 2 === 0).sort())
  }, 60_000)

  it('goes on when its caller has waited long enough, and tells later', async () => {
    const other = await openDoors(stack, { waitSeconds: 0.2 })
    const first = await chat({ message: 'Create a task called Buy groceries !slow' }, { url: other.url })
    expect(first.status).toBe(202)
    const { task_id } = chatPending.parse(await first.json())
    expect(first.headers.get('location')).toBe(`/api/v1/chat/${task_id}`)
    await waitFor('the end', async () => (await ask(`/api/v1/chat/${task_id}`)).status === 200, 20_000)
    await other.stop()
  }, 30_000)

  it('tells who waits to come back when the worker is about to end', async () => {
    const other = await openDoors(stack)
    const waiting = chat({ message: 'Hello !silent' }, { url: other.url })
    await waitFor(
      'the turn',
      async () => (await sql`select from public.agent_task_requests where status = 'processing'`).length,
    )
    other.ending.abort()
    expect((await waiting).status).toBe(202)
    await other.stop()
    await sql`update public.agent_task_requests set cancel_requested_at = now() where finished_at is null`
  })
})

describe('a refusal', () => {
  it('says that a conversation is busy, and loses nothing of what is under way', async () => {
    const other = await openDoors(stack, { waitSeconds: 0.2 })
    const first = chatPending.parse(await (await chat({ message: 'Hello !slow' }, { url: other.url })).json())
    const again = chat({ message: 'Hello?', conversation_id: first.conversation_id })
    expect(await refusal(again)).toMatchObject({ status: 409, code: 'busy' })
    await waitFor('the end', async () => (await ask(`/api/v1/chat/${first.task_id}`)).status === 200, 30_000)
    await other.stop()
  }, 40_000)

  it.each([
    ['a body that is no JSON', '{"message', /JSON/],
    ['no message', {}, /as text/],
    ['an empty message', { message: '  ' }, /empty/],
    ['a message that is too long', { message: 'x'.repeat(33_000) }, /32,000/],
    ['a message with a NUL', { message: 'a\0b' }, /character/],
    ['a message with half of a pair', '{"message":"a\\ud800b"}', /character/],
    ['a conversation that is no id', { message: 'Hi', conversation_id: '1' }, /conversation_id/],
  ])('says what is wrong with %s', async (_what, body, words) => {
    expect(await refusal(chat(body))).toMatchObject({
      status: 400,
      code: 'invalid_request',
      message: expect.stringMatching(words),
    })
  })

  it('is none to a text that only names such a character', async () => {
    const { task_id } = await say('Create a task called Mind \\u0000 and \\ud800 😀')
    expect(task_id).toBeDefined()
    expect(await tasks()).toMatchObject([{ title: 'Mind \\u0000 and \\ud800 😀' }])
  })

  it('says what is wrong with a query, an id, a path or a size', async () => {
    expect(await refusal(ask('/api/v1/tasks?status=late'))).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(await refusal(ask('/api/v1/tasks?search=%00'))).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(await refusal(ask('/api/v1/chat/1'))).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(await refusal(ask('/api/v2/chat'))).toMatchObject({ status: 404, code: 'not_found' })
    expect(await refusal(chat('x'.repeat(300_000)))).toMatchObject({ status: 413, code: 'too_large' })
  })

  it.each(['/api/v1/chat', '/api/v1/tasks'])('keeps %s from who is nobody', async path => {
    const forged = await tokenFor('another-secret-of-32-characters-0000', { sub: ada.userId })
    const body = path.endsWith('chat') ? { message: 'Hi' } : undefined
    for (const headers of [{}, { authorization: `Bearer ${forged}` }, { authorization: 'Basic YTpi' }]) {
      const response = await ask(path, { as: null, headers, body })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
    expect(await sql`select from public.agent_task_requests where kind = 'todo-chat'`).toHaveLength(0)
  })

  it('says when somebody has too much under way, and leaves no empty conversation behind', async () => {
    await sql`insert into public.agent_task_requests (user_id, run_at)
      select ${ada.userId}, now() + interval '1 day' from generate_series(1, 100)`
    const response = await chat({ message: 'Hi' })
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect([response.status, (await response.json()).error.code]).toEqual([429, 'too_many_tasks'])
    expect(await sql`select from public.agent_sessions`).toHaveLength(0)
    await sql`delete from public.agent_task_requests`
  })

  it('tells why a turn failed in its own words, without a stack or a key', async () => {
    const { status, code, message } = await refusal(chat({ message: 'Hi !refuse' }))
    expect([status, code]).toEqual([422, 'content_refused'])
    expect(message).not.toMatch(/sk-|at \w+ \(|127\.0\.0\.1/)
  })

  it('of a turn that was cancelled says so', async () => {
    const asked = chat({ message: 'Hi !silent' })
    const id = await waitFor('the turn', async () => {
      const [row] = await sql`select id from public.agent_task_requests where status = 'processing'`
      return row?.id as string | undefined
    })
    await ada.client.rpc('cancel_agent_task', { task_id: id })
    expect(await refusal(asked)).toMatchObject({ status: 409, code: 'cancelled' })
  })
})

describe('a stream', () => {
  /** The events of a stream that has ended. */
  async function events(response: Response) {
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const blocks = (await response.text()).split('\n\n').filter(block => block.startsWith('event:'))
    return blocks.map(block => {
      const [event, data] = block.split('\n').map(line => line.replace(/^\w+: ?/, ''))
      return { event, data: JSON.parse(data ?? 'null') }
    })
  }

  const streamed = (message: string) => chat({ message }, { headers: { accept: 'text/event-stream' } }).then(events)

  it('brings tools and text as they come, and at last the whole answer', async () => {
    const told = await streamed('Create a task called Buy groceries')
    const calls = told.filter(each => each.event === 'tool_call').map(each => each.data)
    expect(calls.at(-1)).toMatchObject({ tool_name: 'todo_create', status: 'done', result: { success: true } })
    const text = told.flatMap(({ event, data }) => (event === 'text' ? [data.text] : [])).join('')
    const { event, data } = told.at(-1) ?? {}
    expect(event).toBe('done')
    expect(chatAnswer.parse(data)).toMatchObject({ agent_response: text, tool_calls: [{ tool_name: 'todo_create' }] })
  })

  it('of a turn that has ended has all of it at once', async () => {
    const { task_id, agent_response } = await say('Create a task called Buy groceries')
    const response = await ask(`/api/v1/chat/${task_id}`, { headers: { accept: 'text/event-stream' } })
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    const told = await events(response)
    expect(told.map(each => each.event)).toEqual(['tool_call', 'text', 'done'])
    expect(told[0]?.data.result).toMatchObject({ success: true, title: 'Buy groceries' })
    expect(told[1]?.data).toEqual({ text: agent_response })
  })

  it('ends when consent is needed, with what is asked', async () => {
    await sql`insert into public.todos (user_id, title) values (${ada.userId}, 'Milk')`
    const last = (await streamed('Delete milk')).at(-1)
    expect(last).toMatchObject({
      event: 'done',
      data: { status: 'waiting', approvals: [{ tool_name: 'todo_delete' }] },
    })
  })

  it('ends with the error of a turn that failed', async () => {
    expect((await streamed('Hi !refuse')).at(-1)).toMatchObject({
      event: 'error',
      data: { error: { code: 'content_refused' } },
    })
  })
})

describe('each answer', () => {
  it('has the caller’s correlation id, or one of its own', async () => {
    const given = await ask('/api/v1/tasks', { headers: { 'x-correlation-id': 'order-7:a' } })
    expect(given.headers.get('x-correlation-id')).toBe('order-7:a')
    expect(doors.told.of('requestAnswered').at(-1)?.[0]).toMatchObject({
      route: '/api/v1/tasks',
      status: 200,
      id: 'order-7:a',
    })
    const odd = await ask('/api/v1/tasks', { as: null, headers: { 'x-correlation-id': 'a b"<script>' } })
    expect(odd.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('to a message has its correlation id in the row, too', async () => {
    const { task_id } = await say('Hello!', undefined, { headers: { 'x-correlation-id': 'order-7:b' } })
    expect(await sql`select id from public.agent_task_requests where correlation_id = 'order-7:b'`).toEqual([
      { id: task_id },
    ])
  })

  it('may be read by the pages that are allowed, and by no other', async () => {
    const preflight = (origin: string) =>
      ask('/api/v1/chat', {
        as: null,
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      })
    const allowed = await preflight(ORIGIN)
    expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(allowed.headers.get('access-control-allow-headers')).toMatch(/authorization/i)
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    const refused = await ask('/api/v1/tasks', { as: null, headers: { origin: ORIGIN } })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, ORIGIN])
  })
})
