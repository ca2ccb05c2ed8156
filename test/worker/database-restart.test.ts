import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import getPort from 'get-port'
import postgres from 'postgres'
import { afterAll, expect, it } from 'vitest'
import { startBrain } from '../../supabase/local/brain.ts'
import { startCluster } from '../../supabase/local/cluster.ts'
import { prepareDatabase } from '../../supabase/local/database.ts'
import { rowWhen, submit, waitFor } from './arrange.ts'
import { online, start } from './process.ts'

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/liverow')

const ends: (() => unknown)[] = []
afterAll(async () => {
  for (const end of ends.reverse()) await end()
})

it('a worker survives a restart of PostgreSQL, with a task at work and its lease in hand', async () => {
  const directory = join(mkdtempSync(join(CACHE, 'restart-')), 'postgres')
  ends.push(() => rmSync(join(directory, '..'), { recursive: true, force: true }))
  const place = { directory, port: await getPort() }
  const first = await startCluster(place)
  await prepareDatabase(first.url())
  const brain = await startBrain({ pace: 'instant' })
  ends.push(() => brain.stop())
  const env = { SUPABASE_URL: 'http://127.0.0.1:9', SUPABASE_SERVICE_KEY: 'sb_secret_0123456789abcdef', PORT: '0' }
  const model = { OPENAI_API_KEY: brain.key, OPENAI_BASE_URL: brain.url }
  const habits = { POLL_SECONDS: '0.2', REAP_SECONDS: '0.5', LEASE_SECONDS: '20', HOST: '127.0.0.1' }
  const running = start(
    { atEnd: end => void ends.push(end) },
    { ...env, ...model, ...habits, DATABASE_URL: first.url() },
  )
  await online(running)

  const sql = postgres(first.url(), { onnotice: () => undefined })
  ends.push(() => sql.end({ timeout: 1 }))
  const atWork = await submit(sql, { request_payload: { prompt: 'What is 6 * 7? !slow' } })
  await waitFor('the first words', async () => {
    const said = await sql`select from public.agent_task_deltas where task_id = ${atWork} and kind = 'text'`
    return said.length
  })

  await first.stop()
  const second = await startCluster(place)
  ends.push(() => second.stop())

  const after = await submit(sql, { request_payload: { prompt: 'What is 2 + 2?' } })
  await rowWhen(sql, after, 'completed')
  const settled = await rowWhen(sql, atWork, 'completed')
  // The same attempt: neither the answer nor the lease was lost.
  expect(settled).toMatchObject({ response_payload: { answer: 'The result is **42**.' }, attempt: 1, crash_count: 0 })
  expect(running.child.exitCode).toBeNull()
}, 60_000)
