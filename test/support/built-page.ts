import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, glob, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { inject } from 'vitest'

// Files that need the same page take turns; any number that no one else locks will do.
const BUILD_LOCK = 54_323

const ROOT = join(import.meta.dirname, '../..')

/** What a page is told of the project behind it, by name (web/src/config.ts). */
export type PageSettings = Record<
  | 'VITE_SUPABASE_URL'
  | 'VITE_SUPABASE_KEY'
  | 'VITE_API_URL'
  | 'VITE_STACK'
  | 'VITE_MODEL'
  | 'VITE_DEMO_EMAIL'
  | 'VITE_DEMO_PASSWORD',
  string
>

/**
 * Puts a page, as it is built for production, into a folder and writes these settings into it. A run builds each page
 * once, with placeholders where a build for one project has the settings.
 */
export async function putBuiltPage(root: string, folder: string, settings: PageSettings): Promise<void> {
  await cp(await build(root, Object.keys(settings)), folder, { recursive: true })
  for await (const file of glob(join(folder, 'assets/*.js'))) {
    const code = await readFile(file, 'utf8')
    const filled = Object.entries(settings).reduce(
      (text, [name, value]) => text.replaceAll(placeholder(name), value),
      code,
    )
    if (filled !== code) await writeFile(file, filled)
  }
}

/** Resolves with the folder of the built page. */
async function build(root: string, names: string[]): Promise<string> {
  const built = join(inject('pagesFolder'), basename(root))
  const sql = postgres(inject('clusterUrl'), { max: 1 })
  try {
    await sql`select pg_advisory_lock(${BUILD_LOCK})`
    if (!existsSync(built)) await runVite(root, built, names)
  } finally {
    // The lock ends with the connection.
    await sql.end()
  }
  return built
}

/** The command of the README. Half a build, of a run that was killed, is not taken for one. */
async function runVite(root: string, built: string, names: string[]): Promise<void> {
  const part = `${built}.part`
  const args = [
    'build',
    root,
    '--config',
    'web/vite.config.ts',
    '--outDir',
    part,
    '--emptyOutDir',
    '--logLevel',
    'error',
  ]
  await promisify(execFile)(process.execPath, ['node_modules/vite/bin/vite.js', ...args], {
    cwd: ROOT,
    // In a test runner's environment Vite would take React's build for development, which is several times as slow.
    env: {
      ...process.env,
      NODE_ENV: 'production',
      ...Object.fromEntries(names.map(name => [name, placeholder(name)])),
    },
  })
  await rename(part, built)
}

function placeholder(name: string): string {
  return `placeholder-of-${name}.`
}
