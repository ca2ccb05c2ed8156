import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { parseSettings } from '../../supabase/local/settings.ts'

const SECRET = 'sb_secret_0123456789abcdefghijk'
const PUBLISHABLE = 'sb_publishable_0123456789abcdefghijk'
const PROJECT = {
  SUPABASE_URL: 'https://abc.supabase.co',
  SUPABASE_SERVICE_KEY: SECRET,
  SUPABASE_PUBLISHABLE_KEY: PUBLISHABLE,
}

function legacyKey(role: string): Promise<string> {
  return new SignJWT({ role }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode('x'.repeat(32)))
}

describe('the settings of npm start', () => {
  test('ask for a local stack with the demo model when there are none', () => {
    expect(parseSettings({ SUPABASE_URL: '' })).toMatchObject({
      hosted: undefined,
      provider: undefined,
      workerPort: 10_000,
    })
  })

  test('take a project by the names of both generations of keys', async () => {
    const [service, anon] = await Promise.all([legacyKey('service_role'), legacyKey('anon')])
    const { hosted } = parseSettings({
      SUPABASE_URL: 'https://abc.supabase.co',
      SUPABASE_SERVICE_ROLE_KEY: service,
      SUPABASE_ANON_KEY: anon,
    })
    expect(hosted).toMatchObject({ secretKey: service, publishableKey: anon, databaseUrl: undefined })
  })

  test('name each thing that is missing or wrong, with what to do', async () => {
    const anon = await legacyKey('anon')
    const wrong: [NodeJS.ProcessEnv, string][] = [
      [{ SUPABASE_URL: PROJECT.SUPABASE_URL }, 'SUPABASE_SERVICE_KEY is missing'],
      [{ SUPABASE_SERVICE_KEY: SECRET }, 'SUPABASE_SERVICE_KEY is set, but SUPABASE_URL is not'],
      [{ DATABASE_URL: 'postgresql://localhost/x' }, 'DATABASE_URL is set, but SUPABASE_URL is not'],
      [{ ...PROJECT, SUPABASE_URL: 'abc.supabase.co' }, 'SUPABASE_URL is not a URL'],
      [{ ...PROJECT, SUPABASE_SERVICE_KEY: PUBLISHABLE }, 'SUPABASE_SERVICE_KEY holds a key for browsers'],
      [{ ...PROJECT, SUPABASE_SERVICE_KEY: anon }, 'SUPABASE_SERVICE_KEY holds a key for browsers'],
      [{ ...PROJECT, SUPABASE_PUBLISHABLE_KEY: '' }, 'SUPABASE_PUBLISHABLE_KEY is missing'],
      [{ ...PROJECT, SUPABASE_PUBLISHABLE_KEY: SECRET }, 'SUPABASE_PUBLISHABLE_KEY holds a secret key'],
      [{ ...PROJECT, DATABASE_URL: 'https://abc' }, 'DATABASE_URL is not a connection string'],
      [{ OPENAI_BASE_URL: 'http://localhost:1234/v1' }, 'OPENAI_BASE_URL is set, but OPENAI_API_KEY is not'],
      [{ OPENAI_API_KEY: 'sk-x', OPENAI_BASE_URL: 'localhost' }, 'OPENAI_BASE_URL is not a URL'],
      [{ PORT: 'ten' }, 'PORT is "ten"'],
      [{ PORT: '70000' }, 'PORT is "70000"'],
      [{ WORKER_CONCURRENCY: 'many' }, 'WORKER_CONCURRENCY: Set it to a whole number'],
      [{ ...PROJECT, LOG_FORMAT: 'xml' }, 'LOG_FORMAT: '],
    ]
    for (const [env, message] of wrong) expect(() => parseSettings(env)).toThrow(message)
  })

  test('are all named at once, and no key is shown', () => {
    expect.assertions(3)
    try {
      parseSettings({ SUPABASE_URL: 'nowhere', SUPABASE_SERVICE_KEY: PUBLISHABLE, PORT: '-1' })
    } catch (error) {
      expect(String(error)).toMatch(/SUPABASE_URL[\s\S]*SUPABASE_SERVICE_KEY[\s\S]*SUPABASE_PUBLISHABLE_KEY[\s\S]*PORT/)
      expect(String(error)).not.toContain(PUBLISHABLE)
      expect((error as Error).name).toBe('SettingsError')
    }
  })
})
