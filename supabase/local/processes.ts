import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Tells whether a process of this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
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
 * Ends a process that is not our child, so that no event tells of its end: asks with `signal`, insists with SIGKILL.
 *
 * @throws when it still lives `graceMs` after that.
 */
export async function endProcess(pid: number, signal: NodeJS.Signals, graceMs = 10_000): Promise<void> {
  for (const each of [signal, 'SIGKILL'] as const) {
    if (!isAlive(pid)) return
    process.kill(pid, each)
    const deadline = Date.now() + graceMs
    while (isAlive(pid) && Date.now() < deadline) await pause(20)
  }
  if (isAlive(pid)) throw new Error(`Process ${pid} does not end. End it by hand: kill -9 ${pid}`)
}
