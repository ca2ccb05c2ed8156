import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Scene, waitFor } from './arrange.ts'

const MAIN = join(import.meta.dirname, '../../worker/main.ts')

export type Running = { child: ChildProcess; output: () => string; exit: Promise<number | null> }

/** Starts the worker as `npm run worker` does; ended, if need be by force, at the end of the test. */
export function start(scene: Pick<Scene, 'atEnd'>, env: Record<string, string>): Running {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
  const child = spawn(process.execPath, [MAIN], { env: { PATH, NODE_COMPILE_CACHE, ...env } })
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  scene.atEnd(async () => {
    child.kill('SIGKILL')
    await exit
  })
  return { child, output: () => output, exit }
}

export const online = ({ output }: Running) => waitFor('the worker', () => output().includes('ONLINE'), 15_000)
