import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cloneDatabase } from '../../support/database.ts'
import { as } from '../../support/roles.ts'

// The embedded PostgreSQL has no pg_cron, so an extension of its name stands in for it: the part of its version 1.6
// that we use, its signatures and its rule for names, and nothing that runs a job. PostgreSQL itself installs it.
const PG_CRON = `
  create schema cron;
  create table cron.job (
    jobid bigint generated always as identity primary key, schedule text not null, command text not null,
    username text not null default current_user, active boolean not null default true, jobname text,
    constraint jobname_username_uniq unique (jobname, username)
  );
  create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql as $$
    insert into cron.job (jobname, schedule, command) values ($1, $2, $3)
    on conflict on constraint jobname_username_uniq
      do update set schedule = excluded.schedule, command = excluded.command
    returning jobid
  $$;
`

const folder = mkdtempSync(join(tmpdir(), 'liverow-pg-cron-'))
chmodSync(folder, 0o755) // The server may run as another user.
mkdirSync(join(folder, 'extension'))
writeFileSync(
  join(folder, 'extension/pg_cron.control'),
  "default_version = '1.6'\nschema = pg_catalog\nrelocatable = false\n",
)
writeFileSync(join(folder, 'extension/pg_cron--1.6.sql'), PG_CRON)

const { sql, drop } = await cloneDatabase()
afterAll(async () => {
  await drop()
  rmSync(folder, { recursive: true, force: true })
})

async function installPgCron(): Promise<void> {
  await sql.begin(async tx => {
    await tx`select set_config('extension_control_path', ${`${folder}:$system`}, true)`
    await tx`create extension pg_cron`
  })
}

const jobs = () => sql`select jobname, schedule, command, active from cron.job order by jobid`
const schedule = () => sql`select private.schedule_upkeep() as verdict`.then(([row]) => row?.verdict as string)

describe('private.schedule_upkeep', () => {
  afterEach(() => sql`drop extension if exists pg_cron`)

  test('does nothing without pg_cron', async () => {
    expect(await schedule()).toBe('no_pg_cron')
    expect(await sql`select from pg_namespace where nspname = 'cron'`).toHaveLength(0)
  })

  describe('with pg_cron', () => {
    beforeEach(installPgCron)

    test('has the upkeep done each minute, once however often it is asked', async () => {
      expect([await schedule(), await schedule()]).toEqual(['scheduled', 'scheduled'])
      expect(await jobs()).toMatchObject([
        { jobname: 'liverow-upkeep', schedule: '* * * * *', command: 'select worker.upkeep(1000)' },
        { jobname: 'liverow-upkeep-log', schedule: '17 3 * * *' },
      ])
    })

    test('schedules a command that works', async () => {
      await schedule()
      const [job] = await jobs()
      await sql.unsafe(job?.command)
    })

    test('leaves a job off that was switched off', async () => {
      await schedule()
      await sql`update cron.job set active = false where jobname = 'liverow-upkeep'`
      await schedule()
      expect((await jobs()).map(job => job.active)).toEqual([false, true])
    })

    test.each(['anon', 'authenticated', 'service_role'] as const)('is refused to %s', async role => {
      await expect(as(sql, { role }, tx => tx`select private.schedule_upkeep()`)).rejects.toMatchObject({
        code: '42501',
      })
    })
  })
})
