import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy before the model server that sees when a caller hangs up. */
export type Tap = {
  url: string
  /** Resolves when the next call is closed by its caller before the answer is complete. */
  nextClose: () => Promise<void>
  stop: () => Promise<void>
}

/** @param target an OpenAI base URL, ending in /v1. */
export async function startTap(target: string): Promise<Tap> {
  const waiting: (() => void)[] = []
  const server = createServer((from, to) => {
    const onward = request(target + (from.url ?? '').slice('/v1'.length), {
      method: from.method,
      headers: from.headers,
    })
    onward.on('response', answer => {
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(to)
    })
    onward.on('error', () => to.destroy())
    to.on('close', () => {
      if (to.writableFinished) return
      onward.destroy()
      for (const resolve of waiting.splice(0)) resolve()
    })
    from.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    nextClose: () => new Promise(resolve => waiting.push(resolve)),
    stop: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
