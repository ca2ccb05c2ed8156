import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Hands each request to the next of these servers, whoever it is from. */
export async function startRoundRobin(urls: string[]) {
  const counts = urls.map(() => 0)
  let next = 0
  const server = createServer((asked, answered) => {
    const index = next++ % urls.length
    counts[index] = (counts[index] ?? 0) + 1
    const { url = '/', method = 'GET', headers } = asked
    const onward = request(new URL(url, urls[index]), { method, headers }, reply => {
      answered.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(answered)
    })
    onward.on('error', () => answered.destroy())
    asked.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How many requests each has had. */
    counts: () => counts,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
