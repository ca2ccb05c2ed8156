import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { decodeJwt } from 'jose'
import { ConfigError, loadConfig } from '../../worker/config.ts'

/** A hosted project to use instead of a local one. */
export interface HostedProject {
  url: string
  secretKey: string
  publishableKey: string
  /** Lets the worker listen to the database directly. */
  databaseUrl: string | undefined
}

/** A model provider to use instead of the demo model. */
interface ModelProvider {
  apiKey: string
  baseUrl: string | undefined
  name: string | undefined
}

/** What `npm start` was asked for. */
export interface Settings {
  /** Where the local stack keeps its data. */
  folder: string
  /** Undefined: run everything here. */
  hosted: HostedProject | undefined
  /** Undefined: use the demo model. */
  provider: ModelProvider | undefined
  /** The port that the worker's health page prefers. */
  workerPort: number
}

/** The folder of the project, where `npm start` runs. */
export const ROOT = join(import.meta.dirname, '../..')

/** Names every missing or wrong setting with its remedy. Values of keys are never shown. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

/**
 * Reads `.env`, where there is one, and the environment, which wins.
 *
 * @throws SettingsError
 */
export function readSettings(): Settings {
  loadEnvironment()
  return parseSettings(process.env)
}

/** Where the local stack keeps its data, whatever else the settings say. */
export function readDataFolder(): string {
  loadEnvironment()
  return dataFolder(process.env)
}

/** What is left of an environment for the programs that we start. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env }
}

/** As much of the environment as any program needs to run. */
export function pathOnly(): NodeJS.ProcessEnv {
  const { PATH, HOME, SystemRoot, TMPDIR } = process.env
  return { PATH, HOME, SystemRoot, TMPDIR }
}

/**
 * Checks the settings that name what `npm start` uses, and with them the worker's own.
 *
 * @throws SettingsError
 */
export function parseSettings(environment: NodeJS.ProcessEnv): Settings {
  // An empty variable is what templates of `.env` leave behind: it counts as not set.
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const own = [...projectProblems(env), ...providerProblems(env), ...portProblems(env)]
  const problems = own.length > 0 ? own : workerProblems(env)
  if (problems.length > 0) throw new SettingsError(['These settings need care:', ...problems].join('\n  '))
  return {
    folder: dataFolder(env),
    hosted: env.SUPABASE_URL
      ? {
          url: env.SUPABASE_URL,
          secretKey: secretKeyOf(env) ?? '',
          publishableKey: publishableKeyOf(env) ?? '',
          databaseUrl: env.DATABASE_URL,
        }
      : undefined,
    provider: env.OPENAI_API_KEY
      ? { apiKey: env.OPENAI_API_KEY, baseUrl: env.OPENAI_BASE_URL, name: env.OPENAI_MODEL }
      : undefined,
    workerPort: Number(env.PORT ?? 10_000),
  }
}

function loadEnvironment(): void {
  const file = join(ROOT, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
}

function dataFolder(env: NodeJS.ProcessEnv): string {
  return resolve(ROOT, env.LIVEROW_DATA || '.liverow')
}

function* projectProblems(env: NodeJS.ProcessEnv): Generator<string> {
  const secret = secretKeyOf(env)
  const publishable = publishableKeyOf(env)
  if (!env.SUPABASE_URL) {
    const half = ['SUPABASE_SERVICE_KEY', 'SUPABASE_SERVICE_ROLE_KEY', 'DATABASE_URL'].find(name => env[name])
    if (half) yield `${half} is set, but SUPABASE_URL is not. Set both to use a project, or neither to run one here.`
    return
  }
  if (!isUrl(env.SUPABASE_URL, 'http')) {
    yield 'SUPABASE_URL is not a URL. It looks like https://abc.supabase.co.'
  }
  if (!secret) {
    yield 'SUPABASE_SERVICE_KEY is missing. It is the secret key of the project (dashboard: Settings, API keys).'
  } else if (!isSecretKey(secret)) {
    yield 'SUPABASE_SERVICE_KEY holds a key for browsers. Take the secret one: sb_secret_…, or the older "service_role".'
  }
  if (!publishable) {
    yield 'SUPABASE_PUBLISHABLE_KEY is missing. The web page signs people in with it (dashboard: Settings, API keys).'
  } else if (isSecretKey(publishable)) {
    yield 'SUPABASE_PUBLISHABLE_KEY holds a secret key, which must not reach a browser. Take sb_publishable_…, or "anon".'
  }
  if (env.DATABASE_URL && !isUrl(env.DATABASE_URL, 'postgres')) {
    yield 'DATABASE_URL is not a connection string. It looks like postgresql://user:password@host:5432/postgres.'
  }
}

function* providerProblems(env: NodeJS.ProcessEnv): Generator<string> {
  const half = ['OPENAI_BASE_URL', 'OPENAI_MODEL'].find(name => env[name])
  if (half && !env.OPENAI_API_KEY) {
    yield `${half} is set, but OPENAI_API_KEY is not. Set it too (any word, for a server that asks for none), or neither.`
  }
  if (env.OPENAI_BASE_URL && !isUrl(env.OPENAI_BASE_URL, 'http')) {
    yield 'OPENAI_BASE_URL is not a URL. It looks like https://api.openai.com/v1.'
  }
}

function* portProblems(env: NodeJS.ProcessEnv): Generator<string> {
  if (env.PORT && !(/^\d+$/.test(env.PORT) && Number(env.PORT) >= 1 && Number(env.PORT) <= 65_535)) {
    yield `PORT is "${env.PORT}". Set it to a number from 1 to 65535, or leave it out for 10000.`
  }
}

/** The worker's own check, with stand-ins for what a local stack will give it. */
function workerProblems(env: NodeJS.ProcessEnv): string[] {
  const given = {
    SUPABASE_URL: 'http://127.0.0.1',
    SUPABASE_SERVICE_KEY: 'sb_secret_of_the_local_stack',
    OPENAI_API_KEY: 'demo',
  }
  try {
    loadConfig({ ...given, ...env })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

function secretKeyOf(env: NodeJS.ProcessEnv): string | undefined {
  return env.SUPABASE_SERVICE_KEY ?? env.SUPABASE_SERVICE_ROLE_KEY
}

function publishableKeyOf(env: NodeJS.ProcessEnv): string | undefined {
  return env.SUPABASE_PUBLISHABLE_KEY ?? env.SUPABASE_ANON_KEY
}

function isUrl(text: string, protocol: 'http' | 'postgres'): boolean {
  return URL.canParse(text) && new URL(text).protocol.startsWith(protocol)
}

/** Both kinds that Supabase has given out: prefixed keys, and older ones that are tokens with a role in them. */
function isSecretKey(key: string): boolean {
  if (key.startsWith('sb_')) return key.startsWith('sb_secret_')
  try {
    return decodeJwt(key).role === 'service_role'
  } catch {
    return false
  }
}
