import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

// How long the system may take to end a process that is given no say in it; a busy one takes more than a second.
const INSIST_MS = 30_000

/** Tells whether a process of this id runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether it has ended and only its parent has not asked how: for an orphan that is up to process 1, which may never do so. */
function isZombie(pid: number): boolean {
  try {
    // The state follows the name, which is in brackets and may hold any of these letters.
    return process.platform === 'linux' && /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    // Gone meanwhile, or hidden from us: what the signal said holds.
    return false
  }
}

/** The command line of a process, or '' when there is no such process: ids are reused, so look before you end one. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/**
 * Ends a process that is not our child, so that no event tells of its end: asks with `signal`, insists with SIGKILL after
 * `graceMs`.
 *
 * @throws when it lives on all the same.
 */
export async function endProcess(pid: number, signal: NodeJS.Signals, graceMs = 10_000): Promise<void> {
  if (await ends(pid, signal, graceMs)) return
  if (await ends(pid, 'SIGKILL', INSIST_MS)) return
  throw new Error(`Process ${pid} does not end. End it by hand: kill -9 ${pid}`)
}

async function ends(pid: number, signal: NodeJS.Signals, patienceMs: number): Promise<boolean> {
  if (isAlive(pid)) process.kill(pid, signal)
  const deadline = Date.now() + patienceMs
  while (isAlive(pid) && Date.now() < deadline) await pause(20)
  return !isAlive(pid)
}
