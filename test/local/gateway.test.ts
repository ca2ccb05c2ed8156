import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createIdentity } from '../../worker/agents/identity.ts'
import { type SignedUp, type Stack, startStack } from '../support/stack.ts'

let stack: Stack
let ada: SignedUp
let token: string

beforeAll(async () => {
  stack = await startStack()
  await stack.sql.unsafe(PROBES)
  ada = await stack.signUp('ada@acme.test')
  const { data } = await ada.client.auth.getSession()
  token = data.session?.access_token ?? ''
})
afterAll(() => stack.stop())

// Functions that show what arrives in the database. Made before the first request, as REST reads the schema once.
const PROBES = `
  create function public.who_am_i() returns jsonb language sql as $$
    select jsonb_build_object('user', current_user, 'uid', auth.uid(), 'claims', auth.jwt() ->> 'sub')
  $$;
  create function worker.echo(p_ids uuid[], p_texts text[], p_objects jsonb[], p_number integer, p_nothing uuid[])
  returns jsonb language sql as $$
    select jsonb_build_object('ids', p_ids, 'texts', p_texts, 'objects', p_objects, 'number', p_number, 'nothing', p_nothing)
  $$;
  create function worker.refuse(p_code text) returns void language plpgsql as $$
  begin
    raise exception 'No.' using errcode = p_code, hint = 'Ask again.', detail = 'It was asked.';
  end
  $$;
  grant execute on all functions in schema worker to service_role;
`

/** Calls `who_am_i` with these headers, as no client library would. */
function ask(headers: Record<string, string>): Promise<Response> {
  return fetch(`${stack.url}/rest/v1/rpc/who_am_i`, { method: 'POST', headers })
}

function sign(claims: Record<string, unknown>, secret: string, secondsToLive: number): Promise<string> {
  const expiry = Math.floor(Date.now() / 1000) + secondsToLive
  const jwt = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setIssuedAt(expiry - 7200)
  return jwt.setExpirationTime(expiry).sign(new TextEncoder().encode(secret))
}

describe('a credential', () => {
  test('opens the door as the one that it stands for', async () => {
    const asAnon = await ask({ apikey: stack.anonKey })
    expect(await asAnon.json()).toEqual({ user: 'anon', uid: null, claims: null })
    const asAda = await ask({ apikey: stack.anonKey, authorization: `Bearer ${token}` })
    expect(await asAda.json()).toEqual({ user: 'authenticated', uid: ada.userId, claims: ada.userId })
    const asWorker = await ask({ apikey: stack.serviceKey, authorization: `Bearer ${stack.serviceKey}` })
    expect(await asWorker.json()).toMatchObject({ user: 'service_role' })
  })

  test('made by the worker for the user of a task is taken for that user', async () => {
    const task = { id: crypto.randomUUID(), userId: ada.userId }
    const made = await createIdentity(stack.jwtSecret).tokenOf(task)
    const asAda = await ask({ apikey: stack.anonKey, authorization: `Bearer ${made}` })
    expect(await asAda.json()).toEqual({ user: 'authenticated', uid: ada.userId, claims: ada.userId })
  })

  test('is needed', async () => {
    expect((await ask({})).status).toBe(401)
    expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(401)
    expect((await ask({ apikey: 'sb_publishable_made_up' })).status).toBe(401)
  })

  test('that is forged, expired or malformed is refused and not taken for an anonymous one', async () => {
    const claims = { sub: ada.userId, role: 'authenticated' }
    const [, payload] = token.split('.')
    const bad = {
      'signed by another': await sign(claims, 'another-secret-another-secret-another', 3600),
      expired: await sign(claims, stack.jwtSecret, -10),
      unsigned: `${btoa('{"alg":"none","typ":"JWT"}').replaceAll('=', '')}.${payload}.`,
      'cut short': token.slice(0, -8),
      'no token': 'nonsense',
      'another key': 'sb_secret_made_up',
      'a real key in the wrong place': stack.serviceKey,
      'nothing after the scheme': '',
    }
    for (const [name, credential] of Object.entries(bad)) {
      const response = await ask({ apikey: stack.anonKey, authorization: `Bearer ${credential}` })
      expect(response.status, name).toBe(401)
      expect(await response.json(), name).toMatchObject({ code: expect.any(String), message: expect.any(String) })
    }
    expect((await ask({ apikey: stack.anonKey, authorization: 'Basic YWRhOmFkYQ==' })).status).toBe(401)
  })

  test('that is forged or expired does not open Auth either', async () => {
    const claims = { sub: ada.userId, role: 'authenticated' }
    for (const [secret, seconds] of [
      ['another-secret-another-secret-another', 3600],
      [stack.jwtSecret, -10],
    ] as const) {
      const authorization = `Bearer ${await sign(claims, secret, seconds)}`
      const response = await fetch(`${stack.url}/auth/v1/user`, { headers: { apikey: stack.anonKey, authorization } })
      expect(response.status).toBe(403)
    }
  })
})

describe('a function of the worker', () => {
  test('is called with the service key and refused to everyone else', async () => {
    const call = { p_ids: [], p_texts: [], p_objects: [], p_number: 1, p_nothing: null }
    const asWorker = await untyped(stack.serviceClient()).rpc('echo', call)
    expect(asWorker).toMatchObject({ status: 200, error: null })
    const asAda = await untyped(ada.client).rpc('echo', call)
    expect(asAda).toMatchObject({ status: 403, error: { code: '42501' } })
    const asAnon = await untyped(stack.anonClient()).rpc('echo', call)
    expect(asAnon).toMatchObject({ status: 401, error: { code: '42501' } })
  })

  test('gets its arguments as they were sent', async () => {
    const { data } = await untyped(stack.serviceClient()).rpc('echo', {
      p_ids: [ada.userId],
      p_texts: ['a, "b" {c} \\', '', '{"not":"parsed"}'],
      p_objects: [{ deep: [{ quote: `'"\\` }] }, 'text', 1.5, null],
      p_number: 7,
      p_nothing: null,
    })
    expect(data).toEqual({
      ids: [ada.userId],
      texts: ['a, "b" {c} \\', '', '{"not":"parsed"}'],
      objects: [{ deep: [{ quote: `'"\\` }] }, 'text', 1.5, null],
      number: 7,
      nothing: null,
    })
  })

  test('passes its own error codes on with message, detail and hint', async () => {
    const statuses = { AT001: 400, P0001: 400, PT409: 409, '23505': 409, '22023': 400, '40001': 500 }
    for (const [code, status] of Object.entries(statuses)) {
      const answer = await untyped(stack.serviceClient()).rpc('refuse', { p_code: code })
      const error = { code, message: 'No.', hint: 'Ask again.', details: 'It was asked.' }
      expect(answer, code).toMatchObject({ status, error })
    }
  })
})

describe('a browser', () => {
  test('on another origin may call REST, Auth and Realtime', async () => {
    const paths = ['/rest/v1/enterprises', '/auth/v1/token?grant_type=password', '/realtime/v1/api/broadcast']
    for (const path of paths) {
      const headers = {
        origin: 'http://localhost:3000',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'apikey,authorization,content-type,x-client-info',
      }
      const response = await fetch(stack.url + path, { method: 'OPTIONS', headers })
      expect(response.ok, path).toBe(true)
      expect(response.headers.get('access-control-allow-origin'), path).toBe('*')
      expect(response.headers.get('access-control-allow-headers'), path).toContain('authorization')
    }
  })

  test('can read why it was refused', async () => {
    const response = await ask({ origin: 'http://localhost:3000' })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('reads times in the form that every browser parses', async () => {
    await stack.sql`insert into public.enterprises (name) values ('Acme')`
    const { data } = await stack.serviceClient().from('enterprises').select('created_at').single()
    expect(data?.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/)
  })
})

test('the grants of the migrations are left as they are', async () => {
  await ada.client.from('enterprises').select()
  const [row] = await stack.sql`
    select has_table_privilege('anon', 'public.enterprises', 'select') as anon_reads,
           has_schema_privilege('authenticated', 'worker', 'usage') as user_enters
  `
  expect(row).toEqual({ anon_reads: false, user_enters: false })
})

test('a session is prolonged by its refresh token', async () => {
  const { data, error } = await ada.client.auth.refreshSession()
  expect(error).toBeNull()
  expect(data.user?.id).toBe(ada.userId)
})

/** The probes are not in the generated types. */
function untyped(client: SignedUp['client']) {
  return client.schema('worker') as unknown as {
    rpc(name: string, args: object): Promise<{ status: number; data: unknown; error: unknown }>
  }
}
