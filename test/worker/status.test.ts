import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rowWhen, setScene, submit } from './arrange.ts'
import { createPerformer, hire, isIdle } from './queue/arrange.ts'

const scene = await setScene()
const { sql, url } = scene
const STATUS = join(import.meta.dirname, '../../worker/status.ts')
const NEEDED = {
  SUPABASE_URL: 'http://127.0.0.1:9',
  SUPABASE_SERVICE_KEY: 'sb_secret_0123456789abcdef',
  OPENAI_API_KEY: 'k',
}

/** What `npm run status` prints, and its exit code. */
function status(databaseUrl = url): Promise<{ code: number; output: string }> {
  const env = { PATH: String(process.env.PATH), ...NEEDED, DATABASE_URL: databaseUrl }
  return new Promise(resolve => {
    const child = execFile(process.execPath, [STATUS], { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr })
    })
  })
}

describe('the status', () => {
  it('of an empty queue without a worker is well', async () => {
    const { code, output } = await status()
    expect(code).toBe(0)
    expect(output).toMatch(/no tasks yet[\s\S]*Nothing waits[\s\S]*none is alive/)
  })

  it('is not well when a task waits and nobody works', async () => {
    await submit(sql)
    const { code, output } = await status()
    expect(code).toBe(1)
    expect(output).toMatch(/assistant +pending +1[\s\S]*has waited \d+\.\d s/)
  })

  it('is not well when a task is stuck', async () => {
    const id = await submit(sql)
    await hire(scene, createPerformer())
    await rowWhen(sql, id, 'processing')
    await sql`update worker.leases set expires_at = now() - interval '1 second'`
    const { code, output } = await status()
    expect(code).toBe(1)
    expect(output).toMatch(/1 tasks? (is|are) stuck/)
  })

  it('names the workers and what they do', async () => {
    await isIdle(scene, await hire(scene, createPerformer()))
    const { code, output } = await status()
    expect(code).toBe(0)
    expect(output).toMatch(/test-host +v0\.0\.0 +idle, beat \d+\.\d s ago, hears by postgres/)
  })

  it('says in words that the database cannot be reached', async () => {
    const { code, output } = await status('postgres://someone:hunter2@127.0.0.1:9/nothing')
    expect(code).toBe(1)
    expect(output).toMatch(/cannot be reached/)
    expect(output).not.toMatch(/hunter2| {4}at /)
  })
})
