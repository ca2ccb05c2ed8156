import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inheritedEnvironment, ROOT } from './settings.ts'

const run = promisify(execFile)

/**
 * Runs the official Supabase CLI on this project and returns what it printed.
 *
 * @throws with the CLI's own words.
 */
export async function runCli(args: string[]): Promise<string> {
  const cli = join(ROOT, 'node_modules/supabase/dist/supabase.js')
  // Without this it warns, on standard output, that a loopback connection is not encrypted.
  const env = { ...inheritedEnvironment(), PGSSLMODE: 'disable' }
  try {
    const { stdout } = await run(process.execPath, [cli, ...args, '--workdir', ROOT], { env, maxBuffer: 64 * 2 ** 20 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`supabase ${args[0]} ${args[1]} failed:\n${stderr || stdout}`, { cause: error })
  }
}
