import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A program of the chaos test in a process of its own. Whatever ends us, it is not left behind. */
export type OwnProcess = {
  child: ChildProcess
  /** Resolves when it has ended, with its exit code, or the signal that ended it. */
  exit: Promise<number | string>
  isRunning: () => boolean
}

const running = new Set<ChildProcess>()
// SIGKILL ends a frozen process too.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Starts a program of this folder with one argument, as JSON. What it writes goes into `log`; a file beside it tells its
 * process id to those who clear up after a runner that was killed.
 */
export function startOwn(program: string, argument: unknown, log: string): OwnProcess {
  const fd = openSync(log, 'a')
  const args = [join(import.meta.dirname, program), JSON.stringify(argument)]
  const child = spawn(process.execPath, args, { env: { PATH: String(process.env.PATH) }, stdio: ['pipe', fd, fd] })
  closeSync(fd)
  running.add(child)
  // Its standard input only tells it of our end; that it reads no more is no news.
  child.stdin?.on('error', () => undefined)
  writeFileSync(join(dirname(log), `${basename(log, '.log')}.${child.pid}.pid`), '')
  const exit = once(child, 'exit').then(([code, signal]) => {
    running.delete(child)
    return (code ?? signal) as number | string
  })
  return { child, exit, isRunning: () => running.has(child) }
}

/** In the program: its argument. It ends itself when we are gone. */
export function ownArgument<T>(): T {
  process.stdin.on('close', () => process.exit(3)).resume()
  return JSON.parse(String(process.argv[2])) as T
}
