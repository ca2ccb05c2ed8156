import { execFileSync, type SpawnOptions, spawnSync } from 'node:child_process'
import { chownSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** The user that runs PostgreSQL. */
export interface Account {
  uid: number
  gid: number
}

/** A program to start, in the terms of `child_process.spawn`. */
export interface Command {
  file: string
  args: string[]
  options: SpawnOptions
}

/**
 * The account for PostgreSQL, which refuses to run as root: undefined for everyone else. No user is added to the
 * machine; `nobody` is on all of them.
 */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const name = ['postgres', 'nobody'].find(each => idOf('-u', each) !== undefined)
  const uid = name && idOf('-u', name)
  const gid = name && idOf('-g', name)
  if (uid === undefined || gid === undefined || uid === '' || gid === '') {
    throw new Error('PostgreSQL refuses to run as root, and this machine has neither a user "postgres" nor "nobody".')
  }
  return { uid, gid }
}

/** Hands a file or folder to the account that will use it. */
export function give(path: string, account: Account | undefined): void {
  if (account) chownSync(path, account.uid, account.gid)
}

/**
 * How to start a program as that account, even where its folders are closed to others, as those under /root are.
 *
 * @throws when they are and this system has no way around it.
 */
export function commandAs(account: Account | undefined, file: string, args: string[], folder: string): Command {
  if (!account) return { file, args, options: {} }
  if (isOpenToOthers(file) && isOpenToOthers(folder)) return { file, args, options: { ...account } }
  if (spawnSync('setpriv', ['--version']).error) {
    throw new Error(
      `PostgreSQL refuses to run as root, and ${folder} is closed to others. Run as another user, or elsewhere.`,
    )
  }
  const identity = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups']
  // One capability of root's stays: to pass folders that are closed. The secure bit makes access(2), which PostgreSQL
  // asks, see it too (capabilities(7)).
  const rights = ['--inh-caps=-all,+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup']
  return { file: 'setpriv', args: [...identity, ...rights, file, ...args], options: {} }
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  try {
    return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  } catch {
    return undefined
  }
}

function isOpenToOthers(path: string): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}
