import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createBroadcast } from '../../../worker/agents/broadcast.ts'
import { listenIn, waitFor } from '../arrange.ts'

type Message = { topic: string; event: string; payload: { n: number }; private: boolean }
type Post = {
  path: string | undefined
  headers: IncomingHttpHeaders
  messages: Message[]
  answer: (status: number) => void
}

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** Realtime's endpoint, whose answers the test gives. */
async function startEndpoint() {
  const posts: Post[] = []
  const server = createServer(async (request, response) => {
    const { messages } = JSON.parse(await text(request))
    const answer = (status: number) => void response.writeHead(status).end()
    posts.push({ path: request.url, headers: request.headers, messages, answer })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  const told = listenIn()
  const nth = (n: number) => waitFor(`post ${n}`, () => posts[n - 1])
  return { broadcast: createBroadcast({ url, key: 'service-key' }, told.telemetry), posts, told, nth }
}

describe('a broadcast', () => {
  it('goes to the private topic, with the key of the worker', async () => {
    const { broadcast, nth } = await startEndpoint()
    broadcast('task:1', 'deltas', { n: 1 })
    const { path, headers, messages, answer } = await nth(1)
    answer(202)
    expect(path).toBe('/realtime/v1/api/broadcast')
    expect(headers).toMatchObject({ apikey: 'service-key', authorization: 'Bearer service-key' })
    expect(messages).toEqual([{ topic: 'task:1', event: 'deltas', payload: { n: 1 }, private: true }])
  })

  it('takes along what other tasks said while one was under way', async () => {
    const { broadcast, nth } = await startEndpoint()
    for (let n = 1; n <= 5; n++) broadcast(`task:${n}`, 'deltas', { n })
    ;(await nth(1)).answer(202)
    const second = await nth(2)
    second.answer(202)
    expect(second.messages.map(each => each.payload.n)).toEqual([2, 3, 4, 5])
  })

  it('that is not taken is told, and the next goes out all the same', async () => {
    const { broadcast, nth, told } = await startEndpoint()
    broadcast('task:1', 'deltas', { n: 1 })
    ;(await nth(1)).answer(500)
    await told.until('broadcastFailed')
    broadcast('task:1', 'deltas', { n: 2 })
    ;(await nth(2)).answer(202)
  })

  it('does not pile up without bound while Realtime hangs', async () => {
    const { broadcast, posts, nth } = await startEndpoint()
    broadcast('task:1', 'deltas', { n: 0 })
    const first = await nth(1)
    for (let n = 1; n <= 20_000; n++) broadcast('task:1', 'deltas', { n })
    first.answer(202)
    let answered = 1
    await waitFor('the end', () => {
      while (answered < posts.length) posts[answered++]?.answer(202)
      return posts.at(-1)?.messages.at(-1)?.payload.n === 20_000
    })
    expect(posts.flatMap(each => each.messages).length).toBeLessThan(10_000)
  })
})
