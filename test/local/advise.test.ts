import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { askAdvisors, describeFindings, type Finding, warningsIn } from '../../supabase/local/advisors.ts'
import { isAlive } from '../../supabase/local/processes.ts'
import { ROOT } from '../../supabase/local/settings.ts'
import { cloneDatabase } from '../support/database.ts'

const folder = mkdtempSync(join(tmpdir(), 'liverow-advise-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Programs that boot a database, on a machine that runs other tests meanwhile.
describe('the advisors', { timeout: 30_000 }, () => {
  // Without the schema `worker` in what they look at, its tables could lie open unseen.
  test('warn of a table that lies open in a schema that the API exposes, and of nothing else', async () => {
    const { sql, url, drop } = await cloneDatabase()
    try {
      await sql`create table public.open (id integer primary key)`
      await sql`create table worker.open (id integer primary key)`
      await sql`grant select on worker.open to authenticated`
      const warnings = warningsIn(await askAdvisors(url))
      const open = { name: 'rls_disabled_in_public', level: 'ERROR' }
      expect(warnings).toMatchObject([open, open])
      expect(describeFindings(warnings)).toMatch(
        /report 2 at .*ERROR rls_disabled_in_public: .*`worker\.open`.*https:/s,
      )
    } finally {
      await drop()
    }
  })

  test('leave nothing behind when they are stopped, and let no check after them begin', async () => {
    const program = spawn(process.execPath, ['supabase/local/advise.ts'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, TMPDIR: folder },
      stdio: 'ignore',
    })
    const exit = once(program, 'close')
    const pid = await databasePid()
    program.kill('SIGINT')
    expect(await exit).toEqual([130, null])
    expect([isAlive(pid), readdirSync(folder)]).toEqual([false, []])
  })
})

test('of what is at info level only the number is told, and of unused indexes nothing', () => {
  const info = (name: string): Finding => ({ name, level: 'INFO', detail: 'detail', remediation: 'remedy' })
  const findings = [info('unused_index'), info('no_primary_key'), info('no_primary_key'), info('table_bloat')]
  expect(describeFindings(findings)).toBe(
    "Supabase's advisors report nothing at warning level or above (at info level: 2 no_primary_key, 1 table_bloat).",
  )
})

/** As soon as there is one. */
async function databasePid(): Promise<number> {
  for (;;) {
    const [file] = globSync('*/postgres/postmaster.pid', { cwd: folder })
    const pid = file ? Number.parseInt(readFileSync(join(folder, file), 'utf8'), 10) : Number.NaN
    if (pid) return pid
    await new Promise(setImmediate)
  }
}
