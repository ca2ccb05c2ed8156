import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

export type Collector = {
  url: string
  /** What came: path, headers and body of each request. */
  requests: { path: string; headers: Record<string, unknown>; body: string }[]
  stop: () => Promise<void>
}

/** Something that traces are sent to; `answer` decides what it says to the n-th request, from 1. */
export async function startCollector(
  answer: (response: ServerResponse, n: number) => unknown = response => response.end('{}'),
): Promise<Collector> {
  const requests: Collector['requests'] = []
  const server = createServer(async (request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers, body: await text(request) })
    answer(response, requests.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    requests,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
