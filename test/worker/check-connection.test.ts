import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startBrain } from '../../supabase/local/brain.ts'
import { startStack } from '../support/stack.ts'

const [stack, brain] = await Promise.all([startStack(), startBrain({ pace: 'instant' })])
afterAll(() => Promise.all([stack.stop(), brain.stop()]))
const CHECK = join(import.meta.dirname, '../../worker/check-connection.ts')

/** What `npm run check:connection` prints, and its exit code. */
function check(more: Record<string, string>): Promise<{ code: number; output: string }> {
  const env = {
    PATH: String(process.env.PATH),
    SUPABASE_URL: stack.url,
    SUPABASE_SERVICE_KEY: stack.serviceKey,
    OPENAI_API_KEY: brain.key,
    OPENAI_BASE_URL: brain.url,
    ...more,
  }
  return new Promise(resolve => {
    const child = execFile(process.execPath, [CHECK], { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr })
    })
  })
}

describe('the check of the connection', () => {
  it('goes well where everything is there', async () => {
    const { code, output } = await check({ DATABASE_URL: stack.databaseUrl })
    expect(output).not.toContain('✘')
    expect(output.match(/^✔ (\w+)/gm)).toEqual(
      ['Project', 'Table', 'Functions', 'Realtime', 'Database', 'Model'].map(name => `✔ ${name}`),
    )
    expect(output).toContain('· Traces     the journal\n· Search     our own library; set TAVILY_API_KEY')
    expect(code).toBe(0)
  })

  it('says where traces and searches go, without their keys', async () => {
    const { output } = await check({
      TAVILY_API_KEY: 'tvly-hidden',
      FIRECRAWL_API_KEY: 'fc-hidden',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hidden@collector.test:4318',
    })
    expect(output).toContain('· Traces     the journal, a collector at collector.test:4318\n· Search     the web\n')
    expect(output).not.toContain('hidden')
  })

  it('names what does not work, each with its remedy, and shows no key', async () => {
    const { code, output } = await check({
      SUPABASE_SERVICE_KEY: stack.anonKey,
      DATABASE_URL: 'postgres://someone:hunter2@127.0.0.1:9/nothing',
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    })
    expect(code).toBe(1)
    for (const name of ['Functions', 'Database', 'Model']) expect(output).toMatch(new RegExp(`✘ ${name} .*\\n +→ \\w`))
    expect(output).not.toMatch(/hunter2|sk-secret/)
    expect(output).not.toContain(stack.anonKey)
  })
})
