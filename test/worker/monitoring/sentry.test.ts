import { getClient } from '@sentry/node'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TaskError } from '../../../worker/errors.ts'
import { createOutages } from '../../../worker/monitoring/outages.ts'
import { type Reports, startSentry } from '../../../worker/monitoring/sentry.ts'
import type { Task } from '../../../worker/task.ts'
import { createTelemetry } from '../../../worker/telemetry.ts'
import { type Collector, startCollector } from '../agents/collector.ts'

const SECRET = 'Ada Lovelace asks sk-secret'
const task = {
  id: '6d9a3f60-1111-4222-8333-444455556666',
  kind: 'assistant',
  attempt: 2,
  payload: { prompt: SECRET },
} as unknown as Task

let sentry: Collector
let reports: Reports

beforeEach(async () => {
  sentry = await startCollector()
  reports = startSentry({ dsn: `${sentry.url.replace('http://', 'http://key@')}/1`, version: '1.2.3' })
})

afterEach(async () => {
  await reports.close()
  await sentry.stop()
})

const telemetry = () => createTelemetry({ format: 'json', level: 'error', prompts: false } as const, reports)

/** What came: each event of each envelope, parsed. */
async function events() {
  await reports.close()
  return sentry.requests.map(({ body }) => JSON.parse(body.split('\n')[2] ?? 'null'))
}

/** Nothing is written meanwhile: the log has its own tests. */
function inSilence(work: () => void): void {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  work()
  written.mockRestore()
}

describe('reports to Sentry', () => {
  it('tell of a task that met an unforeseen error: which, where in the code, and nothing that was said', async () => {
    const cause = new TypeError(`Cannot read ${SECRET}`)
    const error = Object.assign(new Error(`${SECRET}\n    at ${SECRET} (secret.ts:1:1)`, { cause }), {
      code: 'ECONNRESET',
      payload: SECRET,
    })
    inSilence(() => telemetry().taskCrashed(task, error))
    const [event, ...more] = await events()
    expect(more).toEqual([])
    expect(event).toMatchObject({
      level: 'error',
      release: 'liverow@1.2.3',
      tags: { event: 'task_crashed', task: task.id, kind: 'assistant', attempt: 2, code: 'internal' },
      exception: { values: [{ type: 'TypeError' }, { type: 'Error', value: 'ECONNRESET' }] },
    })
    const [, { stacktrace }] = event.exception.values
    expect(stacktrace.frames.at(-1).filename).toMatch(/sentry\.test\.ts$/)
    expect(sentry.requests[0]?.path).toMatch(/^\/api\/1\/envelope\//)
    expect(sentry.requests[0]?.body).not.toMatch(/Ada|sk-secret|secret\.ts/)
  })

  it('hold nothing but that', async () => {
    inSilence(() => telemetry().taskCrashed(task, new Error(SECRET)))
    const [event] = await events()
    expect(Object.keys(event).sort()).toEqual(
      ['event_id', 'exception', 'level', 'platform', 'release', 'sdk', 'tags', 'timestamp'].sort(),
    )
    expect(Object.keys(event.exception.values[0]).sort()).toEqual(['stacktrace', 'type', 'value'])
  })

  it.each([SECRET, undefined, null, { prompt: SECRET }])(
    'tell of thrown things that are no errors: %j',
    async thrown => {
      inSilence(() => telemetry().taskCrashed(task, thrown))
      expect(await events()).toHaveLength(1)
      expect(sentry.requests[0]?.body).not.toContain(SECRET)
    },
  )

  it('leave out a name or a code that is not a word', async () => {
    const error = Object.assign(new Error('x'), { name: SECRET, code: SECRET })
    inSilence(() => telemetry().taskCrashed({ ...task, kind: SECRET }, error))
    const [event] = await events()
    expect(event).toMatchObject({ tags: { kind: 'unknown' }, exception: { values: [{ type: 'Error' }] } })
    expect(sentry.requests[0]?.body).not.toContain(SECRET)
  })

  it('do not tell of failures whose cause is known', async () => {
    inSilence(() => telemetry().taskFaulted(task, new TaskError('provider_auth', 'Check the key.')))
    expect(await events()).toEqual([])
  })

  it('tell once of a worker that was lost, however many tasks it had', async () => {
    const tasks = [1, 2, 3].map(n => ({ task_id: `task-${n}`, status: 'scheduled', correlation_id: `call-${n}` }))
    inSilence(() => telemetry().tasksReaped(tasks))
    inSilence(() => telemetry().tasksReaped([]))
    expect(await events()).toMatchObject([
      { tags: { event: 'task_reaped', code: 'worker_lost', tasks: 3, correlation: 'call-1' } },
    ])
  })

  it('leave the process alone: no client of its own, no listeners, no patched console or fetch', async () => {
    const before = [...Object.values(console), globalThis.fetch, process.listenerCount('uncaughtException')]
    const rejections = process.listenerCount('unhandledRejection')
    const another = startSentry({ dsn: 'http://key@127.0.0.1:9/1', version: '1' })
    expect([...Object.values(console), globalThis.fetch, process.listenerCount('uncaughtException')]).toEqual(before)
    expect(process.listenerCount('unhandledRejection')).toBe(rejections)
    expect(getClient()).toBeUndefined()
    await another.close()
  })

  it('hold up the end for two seconds at the most when Sentry does not answer', async () => {
    const silent = await startCollector(() => undefined)
    const waiting = startSentry({ dsn: `${silent.url.replace('http://', 'http://key@')}/1`, version: '1' })
    waiting.report(new Error('x'), {})
    const startedAt = performance.now()
    await waiting.close()
    expect(performance.now() - startedAt).toBeLessThan(4_000)
    await silent.stop()
  })
})

describe('an outage of the database', () => {
  it('is told of once, when a vital function has not been answered for a minute', () => {
    let now = 0
    const outages = createOutages(() => now)
    const failedAt = (ms: number, name = 'beat') => {
      now = ms
      return outages.failed(name)
    }
    expect([failedAt(0), failedAt(59_999), failedAt(60_000), failedAt(90_000)]).toEqual([false, false, true, false])
    outages.answered('beat')
    expect([failedAt(100_000), failedAt(160_000)]).toEqual([false, true])
    expect([failedAt(0, 'stats'), failedAt(90_000, 'stats')]).toEqual([false, false])
  })
})
