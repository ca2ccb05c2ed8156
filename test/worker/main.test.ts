import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { startBrain } from '../../supabase/local/brain.ts'
import { startCollector } from './agents/collector.ts'
import { rowOf, rowWhen, type Scene, setScene, submit, waitFor } from './arrange.ts'
import { online, start } from './process.ts'

const scene = await setScene()
const { sql } = scene

async function settings({ url, atEnd }: Scene) {
  const brain = await startBrain({ pace: 'instant' })
  atEnd(() => brain.stop())
  const env = {
    SUPABASE_URL: 'http://127.0.0.1:9',
    SUPABASE_SERVICE_KEY: 'sb_secret_0123456789abcdef',
    DATABASE_URL: url,
    OPENAI_API_KEY: brain.key,
    OPENAI_BASE_URL: brain.url,
    HOST: '127.0.0.1',
    PORT: '0',
  }
  return { brain, env }
}

describe('the worker as a process', () => {
  it('comes up, answers, stops on SIGTERM, and says so without a secret', async () => {
    const { brain, env } = await settings(scene)
    const running = start(scene, env)
    await online(running)
    const id = await submit(sql, { request_payload: { prompt: 'What is 6 * 7? PROMPT' } })
    expect((await rowWhen(sql, id, 'completed')).response_payload).toEqual({ answer: 'The result is **42**.' })
    running.child.kill('SIGTERM')
    expect(await running.exit).toBe(0)
    const lines = running.output()
    expect(lines).toMatch(/⚡ Found Task [\s\S]*✅ Task [\s\S]*OFFLINE/)
    expect(lines).not.toMatch(/sb_secret|PROMPT|postgres:\/\//)
    expect(lines).not.toContain(brain.key)
    expect(await sql`select from worker.workers`).toHaveLength(0)
  })

  it('that is told to stop twice gives its task back at once', async () => {
    const { env } = await settings(scene)
    const running = start(scene, env)
    await online(running)
    const id = await submit(sql, { request_payload: { prompt: '!silent' } })
    await rowWhen(sql, id, 'processing')
    running.child.kill('SIGTERM')
    await waitFor('the drain', () => running.output().includes('worker_stopping'))
    running.child.kill('SIGTERM')
    expect(await running.exit).toBe(0)
    expect(await rowOf(sql, id)).toMatchObject({ status: 'pending', attempt: 0 })
  })

  it('does not start without its settings, and names them', async () => {
    const running = start(scene, { SUPABASE_URL: 'nonsense', OPENAI_API_KEY: 'sk-secret-of-the-test' })
    expect(await running.exit).toBe(1)
    expect(running.output()).toMatch(/SUPABASE_URL: [\s\S]*SUPABASE_SERVICE_KEY: /)
    expect(running.output()).not.toMatch(/nonsense|sk-secret|at \w+ \(/)
  })

  it('does not start without its database, and says so in words', async () => {
    const { env } = await settings(scene)
    const running = start(scene, { ...env, DATABASE_URL: 'postgres://someone:hunter2@127.0.0.1:9/nothing' })
    expect(await running.exit).toBe(1)
    expect(running.output()).toMatch(/database cannot be reached/i)
    expect(running.output()).not.toContain('hunter2')
  })

  it('that breaks down tells Sentry of it, and ends all the same', async () => {
    const { env } = await settings(scene)
    const sentry = await startCollector()
    scene.atEnd(() => sentry.stop())
    const SENTRY_DSN = `${sentry.url.replace('http://', 'http://key@')}/1`
    const running = start(scene, { ...env, SENTRY_DSN, DATABASE_URL: 'postgres://someone:hunter2@127.0.0.1:9/nothing' })
    expect(await running.exit).toBe(1)
    expect(running.output()).toMatch(/database cannot be reached/i)
    expect(sentry.requests.map(({ body }) => JSON.parse(body.split('\n')[2] ?? '').tags)).toEqual([
      { event: 'worker_crashed' },
    ])
    expect(sentry.requests[0]?.body).not.toContain('hunter2')
  })

  it('that cannot have its port takes no task first', async () => {
    const { env } = await settings(scene)
    const other = createServer()
    scene.atEnd(() => other.close())
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    const id = await submit(sql, { request_payload: { prompt: '!silent' } })
    const running = start(scene, { ...env, PORT: String((other.address() as { port: number }).port) })
    expect(await running.exit).toBe(1)
    expect(running.output()).toMatch(/EADDRINUSE/)
    expect(await rowOf(sql, id)).toMatchObject({ status: 'pending' })
  })

  it('killed in mid-answer is followed by another, which asks again only for what was not finished', async () => {
    const { brain, env } = await settings(scene)
    const first = start(scene, { ...env, LEASE_SECONDS: '1' })
    await online(first)
    // A tool call first, then an answer that is slow enough to be killed in.
    const id = await submit(sql, { request_payload: { prompt: 'What is 6 * 7? !slow' } })
    await waitFor('the tool and the first words', async () => {
      const said = await sql`select from public.agent_task_deltas where task_id = ${id} and kind = 'text'`
      return said.length
    })
    const calls = brain.calls()
    first.child.kill('SIGKILL')
    await first.exit
    expect(await rowOf(sql, id)).toMatchObject({ status: 'processing' })

    const second = start(scene, { ...env, LEASE_SECONDS: '1', REAP_SECONDS: '0.1' })
    expect(await rowWhen(sql, id, 'completed')).toMatchObject({
      response_payload: { answer: 'The result is **42**.' },
      attempt: 2,
      life: 1,
      crash_count: 1,
    })
    expect(brain.calls()).toBe(calls + 1)
    const steps = await sql`select kind, attempt from public.agent_task_steps where task_id = ${id} order by id`
    expect(steps).toEqual([
      { kind: 'model', attempt: 1 },
      { kind: 'tool', attempt: 1 },
      { kind: 'model', attempt: 2 },
    ])
    expect(second.output()).toContain('task_reaped')
  }, 30_000)
})
