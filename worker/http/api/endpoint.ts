import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { pendingAnswer } from '../../../shared/scenario-api.ts'
import type { Caller, Callers } from '../caller.ts'
import { bodyOf, limitBody, parse } from './read.ts'
import type { TakeTurn } from './room.ts'
import { insistOnTurn } from './turns.ts'

/** What comes in and goes out; the OpenAPI document is made of the same. */
type Schemas = { path?: z.ZodObject; query?: z.ZodObject; body?: z.ZodType; answer: z.ZodType }
type Read<S> = S extends z.ZodType ? z.output<S> : undefined

/** A call that has been read. */
type Asked<S extends Schemas> = {
  c: Context
  caller: Caller
  path: Read<S['path']>
  query: Read<S['query']>
  body: Read<S['body']>
}

/** What a call is answered with; a Response is a stream. */
type Reply<Body> = { status: 200; body: Body } | { status: 202; body: { task_id: string } } | Response

/** What a call is answered with that takes longer, and where its end will be. */
type Pending = { schema: z.ZodType; endAt: (taskId: string) => string }

/** Most tasks are waited for in the same place. */
export const AS_TASK: Pending = {
  schema: pendingAnswer.meta({ id: 'Pending' }),
  endAt: taskId => `/api/tasks/${taskId}`,
}

/** What streamTask sends. */
export const TASK_EVENTS =
  'text {text}: what is added; reset {}: what was sent as text is withdrawn; tool_call {tool_name, status, input, result?}; at last done with what is answered without a stream, or error {error}.'

/** Something that users call. */
export type Endpoint<S extends Schemas = Schemas> = {
  method: 'get' | 'post'
  /** As OpenAPI writes it: `/api/scenarios/{id}`. */
  route: string
  /** For the document: what it is called, and what it does. */
  name: string
  summary: string
  schemas: S
  /** How often a user may call it. */
  perMinute: number
  /** It may answer 202 with the id of a task. */
  pending?: Pending
  /** It streams to whoever accepts `text/event-stream`: what events there are, for the document. */
  streams?: string
  handle: (asked: Asked<S>) => Promise<Reply<z.input<S['answer']>>>
}

/** Has the types of a handler follow from its schemas. */
export function endpoint<S extends Schemas>(made: Endpoint<S>): Endpoint {
  return made as unknown as Endpoint
}

/** Serves endpoints: each knows who calls, how often that one may, and what comes in and goes out. */
export function mount(endpoints: Endpoint[], { callers, takeTurn }: { callers: Callers; takeTurn: TakeTurn }): Hono {
  const routes = new Hono()
  for (const each of endpoints) {
    const { method, name, schemas, perMinute, pending = AS_TASK } = each
    const path = each.route.replaceAll(/\{(\w+)\}/g, ':$1')
    routes.on(method.toUpperCase(), path, limitBody, async c => {
      const caller = await callers(c.req.header('authorization'))
      await insistOnTurn(takeTurn, caller.userId, { bucket: `api:${name.toLowerCase()}`, perMinute })
      const reply = await each.handle({
        c,
        caller,
        path: schemas.path && parse(schemas.path, c.req.param()),
        query: schemas.query && parse(schemas.query, c.req.query()),
        body: schemas.body && parse(schemas.body, await bodyOf(c)),
      } as Asked<Schemas>)
      if (reply instanceof Response) return reply
      if (reply.status === 200) return c.json(schemas.answer.parse(reply.body) as object)
      return c.json(reply.body, 202, { location: pending.endAt(reply.body.task_id), 'retry-after': '1' })
    })
  }
  return routes
}
