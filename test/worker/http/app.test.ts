import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createApp, listen } from '../../../worker/http/app.ts'
import type { Task } from '../../../worker/task.ts'
import { createTelemetry } from '../../../worker/telemetry.ts'

const telemetry = createTelemetry({ format: 'json', level: 'error', prompts: false })
const worker = { id: 'worker-1', inFlight: () => 3, isReady: () => true }
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

describe('/health', () => {
  it('tells that the process lives', async () => {
    const response = await createApp(() => ({ ...worker, isReady: () => false }), telemetry).request('/health')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok', worker: 'worker-1', inFlight: 3 })
  })
})

describe('/ready', () => {
  it.each([
    [true, 200, 'ready'],
    [false, 503, 'not ready'],
  ])('for a worker whose readiness is %s answers %i', async (ready, status, words) => {
    const response = await createApp(() => ({ ...worker, isReady: () => ready }), telemetry).request('/ready')
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ status: words })
  })
})

describe('before the worker has begun', () => {
  it('the process lives and is not ready', async () => {
    const app = createApp(() => undefined, telemetry)
    expect((await app.request('/health')).status).toBe(200)
    expect((await app.request('/ready')).status).toBe(503)
  })
})

describe('/metrics', () => {
  it("gives numbers in Prometheus' format, by kind and status and never by task", async () => {
    const own = createTelemetry({ format: 'json', level: 'error', prompts: false })
    const task = { id: 'task-id-1', kind: 'assistant', attempt: 1, waitedSeconds: 0.2, payload: { prompt: 'secret' } }
    own.taskClaimed(task as unknown as Task)
    own.taskClaimed(task as unknown as Task)
    // Users name kinds; what they invent must not grow the metrics.
    own.taskClaimed({ ...task, kind: 'invented-1' } as unknown as Task)
    own.taskClaimed({ ...task, kind: 'invented-2' } as unknown as Task)
    own.taskSettled({ ...task, kind: 'invented-1' } as unknown as Task, 'failed', 0.1)
    own.taskSettled({ ...task, kind: 'invented-2' } as unknown as Task, 'failed', 0.1)
    own.taskSettled(task as unknown as Task, 'completed', 1.5)
    const usage = { inputTokens: 10, outputTokens: 5 }
    own.modelCalled(task as unknown as Task, { model: 'gpt-test', agent: 'A', seconds: 1, usage, cost: 0.5 })
    const response = await createApp(() => worker, own).request('/metrics')
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const text = await response.text()
    for (const line of [
      'liverow_tasks_claimed_total{kind="assistant"} 2',
      'liverow_tasks_settled_total{kind="assistant",status="completed"} 1',
      'liverow_tasks_in_flight 1',
      'liverow_tasks_claimed_total{kind="unknown"} 2',
      'liverow_task_wait_seconds_count{kind="assistant"} 2',
      'liverow_tokens_total{model="gpt-test",direction="input"} 10',
      'liverow_tokens_total{model="gpt-test",direction="output"} 5',
      'liverow_model_cost_dollars_total{model="gpt-test"} 0.5',
      'liverow_model_calls_total{model="gpt-test"} 1',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    expect(text).toMatch(/^process_cpu_seconds_total /m)
    expect(text).not.toMatch(/task-id|secret/)
  })
})

describe('the server', () => {
  it('knows no other path', async () => {
    expect((await createApp(() => worker, telemetry).request('/tasks')).status).toBe(404)
  })

  it('refuses a port that is taken', async () => {
    const first = await serve(0)
    await expect(
      listen(
        createApp(() => worker, telemetry),
        { host: '127.0.0.1', port: first.port },
      ),
    ).rejects.toThrow(/EADDRINUSE/)
  })

  it('closes although a supervisor keeps its connection open', async () => {
    const { port, close } = await serve(0)
    const agent = new Agent({ keepAlive: true })
    ends.push(() => agent.destroy())
    const [response] = await once(get({ port, path: '/health', agent }), 'response')
    response.resume()
    await once(response, 'end')
    await close()
  })

  it('closes although somebody has connected and says nothing', async () => {
    const { port, close } = await serve(0)
    const socket = connect(port, '127.0.0.1')
    ends.push(() => socket.destroy())
    await once(socket, 'connect')
    socket.write('GET /health HTTP/1.1\r\n')
    await new Promise(resolve => setImmediate(resolve))
    await close()
  }, 5_000)
})

async function serve(port: number): Promise<{ port: number; close: () => Promise<void> }> {
  const free = port || (await freePort())
  const server = await listen(
    createApp(() => worker, telemetry),
    { host: '127.0.0.1', port: free },
  )
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= server.close()
    return closed
  }
  ends.push(close)
  return { port: free, close }
}

async function freePort(): Promise<number> {
  const { default: getPort } = await import('get-port')
  return getPort()
}
