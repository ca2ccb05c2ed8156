import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { commandLine, endProcess, isAlive } from '../../supabase/local/processes.ts'

/** Runs a script that says the id of a process. */
async function run(script: string): Promise<{ shell: number; said: number }> {
  const shell = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    shell.kill('SIGKILL')
  })
  const [line] = await once(createInterface({ input: shell.stdout }), 'line')
  return { shell: shell.pid ?? 0, said: Number(line) }
}

test.skipIf(process.platform !== 'linux')(
  'a process that has ended is not alive, also when its parent never asks',
  async () => {
    const { shell, said } = await run('sleep 60 & echo $!; exec sleep 60')
    // From here on the parent is a program that knows nothing of its child.
    await vi.waitUntil(() => commandLine(shell).startsWith('sleep'), { timeout: 10_000 })
    expect(isAlive(said)).toBe(true)
    process.kill(said, 'SIGKILL')
    await vi.waitUntil(() => !isAlive(said), { timeout: 10_000 })
    expect(() => process.kill(said, 0)).not.toThrow()
  },
)

test('a process that does not listen is ended all the same, and given the time that this takes', async () => {
  const { said } = await run("trap '' TERM; echo $$; while :; do sleep 1; done")
  expect(isAlive(said)).toBe(true)
  await endProcess(said, 'SIGTERM', 0)
  expect(isAlive(said)).toBe(false)
})
