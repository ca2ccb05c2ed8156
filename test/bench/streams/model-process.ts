import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { begin, complete, reply, send, textDelta } from '../../worker/agents/provider.ts'

// A model server in a process of its own. A prompt that begins with "stream <seconds>" gets as many seconds of text, ten
// pieces a second, each of which is the time at which it was sent; with "turns <n>" it calls a tool n times, at once, before
// it answers. It tells its parent when a caller hangs up: {closed: prompt, at}.

const PIECES_A_SECOND = 10

type Stream = { response: ServerResponse; text: string; left: number }

// Streams take turns within the tenth of a second, so that pieces come evenly.
const places: Set<Stream>[] = Array.from({ length: 10 }, () => new Set())
let turn = 0

setInterval(() => {
  turn = (turn + 1) % places.length
  for (const stream of places[turn] ?? []) {
    const piece = `${Date.now()} `
    stream.text += piece
    stream.left -= 1
    send(stream.response, textDelta(piece))
    if (stream.left > 0) continue
    places[turn]?.delete(stream)
    complete(stream.response, stream.text)
  }
}, 10)

const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
  const { prompt, results } = look(JSON.parse(await text(request)))
  const turns = Number(prompt.match(/^turns (\d+)/)?.[1])
  const call = { name: 'current_time', args: '{"timeZone":"UTC"}', id: `call_${results}` }
  if (turns >= 0) return reply(response, results < turns ? { calls: [call] } : { text: 'Here I am.' }, results)

  const seconds = Number(prompt.match(/^stream (\d+)/)?.[1])
  const stream = { response, text: '', left: seconds * PIECES_A_SECOND }
  const place = places[Math.floor(Math.random() * places.length)]
  begin(response)
  place?.add(stream)
  response.on('close', () => {
    if (place?.delete(stream)) process.send?.({ closed: prompt, at: Date.now() })
  })
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }))
process.on('disconnect', () => process.exit(0))

function look({ input }: { input: { role?: string; type?: string; content: string }[] }) {
  return {
    prompt: input.find(({ role }) => role === 'user')?.content ?? '',
    results: input.filter(({ type }) => type === 'function_call_output').length,
  }
}
