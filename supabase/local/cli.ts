import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inheritedEnvironment, ROOT } from './settings.ts'

const run = promisify(execFile)

// The CLI would tell its makers of every command and ask the network for a newer version of itself.
const QUIET = { SUPABASE_TELEMETRY_DISABLED: '1', SUPABASE_NO_UPDATE_NOTIFIER: '1' }

/**
 * Runs the official Supabase CLI with this project on a database and returns what it printed.
 *
 * @throws with the CLI's own words.
 */
export async function runCli(databaseUrl: string, args: string[]): Promise<string> {
  const cli = join(ROOT, 'node_modules/supabase/dist/supabase.js')
  const remote = new URL(databaseUrl)
  // Everybody on the machine can read the arguments of a process. Without the mode it warns, on standard output, that a
  // loopback connection is not encrypted.
  const env = { ...inheritedEnvironment(), ...QUIET, PGPASSWORD: remote.password, PGSSLMODE: 'disable' }
  remote.password = ''
  const all = [cli, ...args, `--remote=${remote.href}`, '--workdir', ROOT]
  try {
    const { stdout } = await run(process.execPath, all, { env, maxBuffer: 64 * 2 ** 20 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`supabase ${args[0]} ${args[1]} failed:\n${stderr || stdout}`, { cause: error })
  }
}
