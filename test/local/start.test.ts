import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient } from '@supabase/supabase-js'
import { afterAll, describe, expect, test } from 'vitest'
import { commandLine, isAlive } from '../../supabase/local/processes.ts'
import { ROOT } from '../../supabase/local/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'liverow-start-'))
const started: ChildProcess[] = []

afterAll(async () => {
  for (const each of started.filter(program => program.exitCode === null && program.signalCode === null)) {
    each.kill('SIGKILL')
  }
  await run('reset').exit // Ends what a failed test left running.
  rmSync(folder, { recursive: true, force: true })
})

// Empty settings win over those in a developer's `.env`: no test may touch a real project.
const NO_SETTINGS = Object.fromEntries(
  ['SUPABASE_URL', 'SUPABASE_SERVICE_KEY', 'SUPABASE_SERVICE_ROLE_KEY', 'DATABASE_URL']
    .concat('OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL', 'PORT')
    .concat('TAVILY_API_KEY', 'TAVILY_BASE_URL', 'FIRECRAWL_API_KEY', 'FIRECRAWL_BASE_URL', 'SENTRY_DSN')
    .map(name => [name, '']),
)

/** A program of the local stack, in a data folder of this file's own. */
function run(program: 'start' | 'reset', env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join('supabase/local', `${program}.ts`)], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...NO_SETTINGS, LIVEROW_DATA: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  const lines: string[] = []
  let told: () => void = () => undefined
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => {
      lines.push(line)
      told()
    })
  }
  const exit = once(child, 'close').then(([code]) => ({ code: code as number, text: lines.join('\n') }))
  const says = async (text: RegExp): Promise<void> => {
    for (;;) {
      if (lines.some(line => text.test(line))) return
      const next = new Promise<void>(resolve => {
        told = resolve
      })
      const ended = await Promise.race([next, exit])
      if (ended) throw new Error(`It ended without saying ${text}:\n${ended.text}`)
    }
  }
  return { child, exit, says }
}

interface StackFile {
  pid: number
  url: string
  env: Record<string, string>
  children: Record<string, { pid: number }>
}

function readStack(): StackFile {
  return JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8'))
}

function databasePid(): number {
  return Number.parseInt(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8'), 10)
}

/** Every process that belongs to the stack now running in the folder. */
function pids(): number[] {
  const stack = readStack()
  return [stack.pid, databasePid(), ...Object.values(stack.children).map(child => child.pid)]
}

// Whole stacks come up and go down here, on a machine that runs other tests meanwhile.
describe('npm start', { timeout: 120_000 }, () => {
  test('brings up a project, a worker and a page, and a second one in the same folder says so', async () => {
    const first = run('start')
    await first.says(/Liverow is up/)
    await first.says(/Sign in +ada@acme.test with password liverow-demo/)
    await first.says(/Supabase +http.* \(local\)/)
    await first.says(/Stop +Ctrl-C/)
    const stack = readStack()
    expect((await fetch(stack.url)).status).toBe(200)
    for (const secret of [join(folder, 'keys.json'), join(folder, 'stack.json'), join(ROOT, 'package.json')]) {
      expect([secret, (await fetch(`${stack.url}/@fs${secret}`)).status]).toEqual([secret, 403])
    }
    expect((await fetch(`${stack.env.OPENAI_BASE_URL}/_requests`)).status).toBe(401)

    const second = await run('start').exit
    expect(second).toMatchObject({
      code: 1,
      text: expect.stringContaining(`already runs in this folder: ${stack.url}`),
    })
    expect(await run('reset').exit).toMatchObject({ code: 1, text: expect.stringContaining('Nothing was cleared.') })

    const all = pids()
    first.child.kill('SIGINT')
    expect((await first.exit).code).toBe(0)
    expect(all.filter(isAlive)).toEqual([])
    expect(existsSync(join(folder, 'stack.json'))).toBe(false)
  })

  test('keeps its data and keys, and ends what a killed start left behind', async () => {
    const killed = run('start')
    await killed.says(/Liverow is up/)
    const before = readStack()
    const orphans = pids()
    await addEnterprise(before, 'Kept')
    killed.child.kill('SIGKILL')
    await killed.exit

    const next = run('start')
    await next.says(/Liverow is up/)
    expect(
      orphans.filter(pid => commandLine(pid).includes(folder) || commandLine(pid).includes('worker/main.ts')),
    ).toEqual([])
    const after = readStack()
    expect(after.env.SUPABASE_SERVICE_KEY).toBe(before.env.SUPABASE_SERVICE_KEY)
    expect(await enterprises(after)).toEqual(['Acme', 'Globex', 'Kept'])

    process.kill(after.children.worker?.pid ?? 0, 'SIGKILL')
    await next.says(/The worker ended \(SIGKILL\); it starts again/)

    const all = pids()
    next.child.kill('SIGTERM')
    next.child.kill('SIGINT')
    expect((await next.exit).code).toBe(0)
    expect(all.filter(isAlive)).toEqual([])
  })

  test('can be stopped before it is up', async () => {
    const early = run('start')
    while (!existsSync(join(folder, 'postgres', 'postmaster.pid'))) await new Promise(setImmediate)
    early.child.kill('SIGINT')
    expect((await early.exit).code).toBe(0)
    expect(existsSync(join(folder, 'stack.json'))).toBe(false)
    expect(existsSync(join(folder, 'postgres', 'postmaster.pid'))).toBe(false)
  })
})

test('a wrong setting is named before anything starts', async () => {
  const { code, text } = await run('start', { SUPABASE_URL: 'nowhere' }).exit
  expect(code).toBe(1)
  expect(text).toContain('SUPABASE_URL is not a URL')
  expect(existsSync(join(folder, 'stack.json'))).toBe(false)
})

test('npm run reset clears the data', async () => {
  expect((await run('reset').exit).code).toBe(0)
  expect(existsSync(folder)).toBe(false)
})

function serviceClient({ env }: StackFile) {
  const auth = { persistSession: false, autoRefreshToken: false }
  return createClient(env.SUPABASE_URL ?? '', env.SUPABASE_SERVICE_KEY ?? '', { auth })
}

async function addEnterprise(stack: StackFile, name: string): Promise<void> {
  const { error } = await serviceClient(stack).from('enterprises').insert({ name })
  expect(error).toBeNull()
}

async function enterprises(stack: StackFile): Promise<string[]> {
  const { data } = await serviceClient(stack).from('enterprises').select('name').order('name')
  return (data ?? []).map(row => row.name)
}
