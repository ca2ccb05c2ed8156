import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getAuthSchemaSql } from '@supabase/lite'
import postgres from 'postgres'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { violations } from './rules.ts'

const SUPABASE = join(import.meta.dirname, '../../supabase')
const LAST_OF_0_1 = '20261121000600'
const WORKER = '00000000-0000-4000-8000-00000000000a'

const name = `test_upgrade_${process.pid}`
const admin = postgres(inject('clusterUrl'), { max: 1, onnotice: () => undefined })
await admin`create database ${admin(name)}`
const url = Object.assign(new URL(inject('clusterUrl')), { pathname: `/${name}` }).href
const sql = postgres(url, { max: 1, onnotice: () => undefined })
afterAll(async () => {
  await sql.end()
  await admin`drop database ${admin(name)}`
  await admin.end()
})

const read = (file: string) => readFile(join(SUPABASE, file), 'utf8')

async function migrate(isWanted: (version: string) => boolean) {
  const files = (await readdir(join(SUPABASE, 'migrations'))).sort()
  for (const file of files.filter(each => isWanted(each.slice(0, 14))))
    await sql.unsafe(await read(`migrations/${file}`))
}

/** One request in every state that 0.1.0 knew; the first two are at work. */
async function arrangeAsOf01() {
  const ask = (more = {}) =>
    sql`insert into public.agent_task_requests ${sql({ request_payload: { prompt: 'Why?' }, ...more })}`
  await ask()
  await ask({ priority: 9 })
  await sql`select worker.beat(${WORKER}, 'host', '0.1.0', 'postgres', '{}', '{}', 60)`
  const held = await sql<{ task_id: string; lease_id: string }[]>`select * from worker.claim(${WORKER}, 3, 60)`
  // The retry is not due before the test moves the clock.
  const detail = '{"after_seconds": 600}'
  for (const outcome of ['completed', 'failed', 'retry']) {
    await ask()
    const [one] = await sql`select * from worker.claim(${WORKER}, 1, 60)`
    await sql`select * from worker.settle(${[one?.task_id]}, ${[one?.lease_id]}, ${[outcome]}, array[${detail}::text::jsonb])`
  }
  await ask({ run_at: new Date(Date.now() + 3_600_000) })
  await ask()
  return held
}

describe('a database of 0.1.0', () => {
  test('goes on after the migration: what waits is claimed, what is at work is settled by its old worker', async () => {
    for (const file of ['local/platform.sql', 'local/realtime/schema.sql']) {
      await sql.unsafe(await read(file))
      if (file.endsWith('platform.sql')) await sql.unsafe(getAuthSchemaSql())
    }
    await migrate(version => version <= LAST_OF_0_1)
    const held = await arrangeAsOf01()
    expect(held).toHaveLength(2)

    await migrate(version => version > LAST_OF_0_1)
    expect(await violations(sql)).toEqual([])
    expect(await sql`select code from public.agent_task_dead_letters`).toHaveLength(1)

    // As a worker of 0.1.0 calls it, which is still running.
    const [tasks, leases] = [held.map(each => each.task_id), held.map(each => each.lease_id)]
    const beaten = await sql`
      select verdict from worker.beat(${WORKER}, 'host', '0.1.0', 'postgres', ${tasks}, ${leases}, 60)`
    expect(beaten).toEqual([{ verdict: 'ok' }, { verdict: 'ok' }])
    const settled = await sql`
      select status from worker.settle(${tasks}, ${leases}, '{completed,completed}', array['{}'::jsonb, '{}'::jsonb])`
    expect(settled).toEqual([{ status: 'completed' }, { status: 'completed' }])
    expect(await sql`select from worker.claim(${WORKER}, 10, 60)`).toHaveLength(1)
    await sql`select set_config('worker.fake_now', (now() + interval '2 hours')::text, false)`
    expect(await sql`select from worker.claim(${WORKER}, 10, 60)`).toHaveLength(2)
    expect(await violations(sql)).toEqual([])
  })
})
