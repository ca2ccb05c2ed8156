import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { responsesAnswer, responsesRequest } from '../../../shared/scenario-api.ts'
import { TaskError } from '../../errors.ts'
import { Refusal } from '../refusal.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { sendAtOnce, wantsStream } from './read.ts'
import type { ApiRoom } from './room.ts'

const USUAL_TOKENS = 1_024

/** A guarded way to the provider's Responses API: some models, some parameters, within the user's budget, looked through. */
export function createResponsesEndpoint(room: ApiRoom): Endpoint {
  return endpoint({
    method: 'post',
    route: '/api/responses',
    name: 'respond',
    summary: 'One call of a model, with the parameters of the Responses API that are allowed. Nothing of it is stored.',
    schemas: { body: responsesRequest, answer: responsesAnswer },
    perMinute: 30,
    streams:
      'The provider’s own events, each with no more of the response than is answered without a stream, or error.',
    handle: async ({ c, caller, body }) => {
      const { stream, ...wish } = body
      const model = wish.model ?? room.responseModels[0] ?? room.modelName
      if (!room.responseModels.includes(model)) {
        const choice = room.responseModels.join(', ')
        throw new Refusal('invalid_request', `The model "${model}" is not offered here: choose of ${choice}.`)
      }
      const { signal } = c.req.raw
      await insistOnDecency(room, 'input', { texts: textsOf(wish), signal })
      const max_output_tokens = wish.max_output_tokens ?? USUAL_TOKENS
      const answered = room.respond(caller.userId, { ...wish, model, max_output_tokens }, signal)
      const events = lookedThrough(room, answered, signal)
      if (stream || wantsStream(c)) return passOn(c, events)
      return { status: 200, body: await lastOf(events) }
    },
  })
}

type Wish = Omit<z.output<typeof responsesRequest>, 'stream'>
type Events = ReturnType<ApiRoom['respond']>

/** All that a model reads of it: what a schema says as well. */
function textsOf({ input, instructions = '', text }: Wish): string[] {
  const said = typeof input === 'string' ? [input] : input.map(({ content }) => content)
  return [...said, instructions, text?.format.type === 'json_schema' ? JSON.stringify(text.format) : '']
}

/** @throws Refusal `content_refused` */
async function insistOnDecency(
  { moderate, noteObjection }: Pick<ApiRoom, 'moderate' | 'noteObjection'>,
  place: 'input' | 'output',
  { texts, signal }: { texts: string[]; signal: AbortSignal },
): Promise<void> {
  const found = await moderate?.(texts, signal)
  if (!found?.flagged) return
  noteObjection(place, found.categories)
  const why = found.categories.length > 0 ? ` (${found.categories.join(', ')})` : ''
  const what = place === 'input' ? 'request' : 'answer'
  throw new Refusal('content_refused', `The ${what} was refused by the content check${why}: rephrase it.`)
}

/** The whole answer can be judged only at its end, which is withheld then: who has got a part of it throws that away. */
async function* lookedThrough(
  room: Pick<ApiRoom, 'moderate' | 'noteObjection'>,
  events: Events,
  signal: AbortSignal,
): Events {
  for await (const event of events) {
    if (ENDS.includes(event.type)) await insistOnDecency(room, 'output', { texts: [wordsIn(event.response)], signal })
    yield event
  }
}

const answered = z.object({
  output: z.array(z.object({ content: z.array(z.object({ text: z.string().default('') })).default([]) })),
})

function wordsIn(response: unknown): string {
  const { output } = answered.parse(response)
  return output.flatMap(({ content }) => content.map(({ text }) => text)).join('\n')
}

const ENDS = ['response.completed', 'response.incomplete', 'response.failed']

async function lastOf(events: Events): Promise<z.input<typeof responsesAnswer>> {
  let last: unknown
  for await (const event of events) if (ENDS.includes(event.type)) last = event.response
  if (!last) throw new TaskError('provider_unavailable', 'The model provider broke off its answer.')
  return responsesAnswer.parse(last)
}

/** The provider's events, each with no more of the response than is answered without a stream. */
async function passOn(c: Context, events: Events): Promise<Response> {
  // A refusal has a status of its own as long as nothing has been sent.
  const first = await events.next()
  sendAtOnce(c)
  return streamSSE(c, async stream => {
    const send = (event: string, data: unknown) => stream.writeSSE({ event, data: JSON.stringify(data) })
    try {
      for (let next = first; !next.done && !stream.aborted; next = await events.next()) {
        const { response, ...event } = next.value
        await send(event.type, response ? { ...event, response: responsesAnswer.parse(response) } : event)
      }
    } catch (error) {
      await send('error', c.get('refuse')(error).body(c.get('correlation')))
    } finally {
      await events.return(undefined)
    }
  })
}
