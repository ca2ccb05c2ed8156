import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

export type Provider = {
  url: string
  requests: { path: string; headers: Record<string, unknown>; body: Record<string, unknown> }[]
  /** Resolves when a request has come, and when its connection has been closed without an answer. */
  asked: Promise<void>
  left: Promise<void>
  stop: () => Promise<void>
}

type Answer = { status?: number; headers?: Record<string, string>; body?: unknown } | 'hang' | 'cut'

/** Stands in for Tavily or Firecrawl: the n-th request, from 1, gets the n-th answer, and later ones the last. */
export async function startProvider(...answers: Answer[]): Promise<Provider> {
  const asked = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const requests: Provider['requests'] = []
  const server = createServer(async (request, response) => {
    response.on('close', () => response.writableEnded || left.resolve())
    const body = (await text(request)) || '{}'
    requests.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(body) })
    asked.resolve()
    say(response, answers[Math.min(requests.length, answers.length) - 1] ?? {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    requests,
    asked: asked.promise,
    left: left.promise,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function say(response: ServerResponse, answer: Answer): void {
  if (answer === 'hang') return
  if (answer === 'cut') return void response.destroy()
  const { status = 200, headers = {}, body = {} } = answer
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
