import type { Json } from '../../../shared/database.types.ts'
import { type Delta, isMainText } from '../../../shared/deltas.ts'
import { type Brain, startBrain } from '../../../supabase/local/brain.ts'
import type { AgentRoom } from '../../../worker/agents/context.ts'
import { createDeltaWriter } from '../../../worker/agents/delta-writer.ts'
import { createIdentity } from '../../../worker/agents/identity.ts'
import { createModels } from '../../../worker/agents/models.ts'
import { createModerator } from '../../../worker/agents/moderation.ts'
import { startTraces } from '../../../worker/agents/traces.ts'
import type { Config } from '../../../worker/config.ts'
import type { Db } from '../../../worker/db.ts'
import { createResearch } from '../../../worker/pipelines/course-generation/research/research.ts'
import { createPerform, type Services } from '../../../worker/pipelines/index.ts'
import { taskOf } from '../../../worker/queue/worker.ts'
import type { Outcome, StopReason, Task } from '../../../worker/task.ts'
import { listenIn, only, type Row, type Scene, submit, type Told } from '../arrange.ts'
import { type Answering, type Provider, startProvider } from './provider.ts'

export const KEY = 'sk-test-secret-0123456789'
const NO_TRACES = { openaiKey: undefined, otlpUrl: undefined, content: false, version: '0' }
const WORKER = '00000000-0000-4000-8000-00000000000a'

/** What agents live in, and what was told and broadcast from there. */
export type Room = AgentRoom & { told: Told; sent: { topic: string; event: string; payload: object }[] }

type Settings = Partial<Config['model']> & { db?: Db }

export function openRoom(scene: Scene, { db = scene.connect(), ...settings }: Settings): Room {
  const model: Config['model'] = {
    apiKey: KEY,
    baseUrl: undefined,
    name: 'gpt-test',
    api: 'responses',
    timeoutSeconds: 10,
    prices: {},
    moderation: null,
    ...settings,
  }
  const sent: Room['sent'] = []
  const told = listenIn()
  const broadcast: AgentRoom['broadcast'] = (topic, event, payload) => void sent.push({ topic, event, payload })
  const { telemetry } = told
  const deltas = createDeltaWriter(db, telemetry)
  const moderate = createModerator(model)
  const identity = createIdentity(undefined)
  const more = { mcpServers: {}, identity, traces: startTraces(NO_TRACES, telemetry) }
  return { db, models: createModels(model), moderate, model, broadcast, deltas, telemetry, told, sent, ...more }
}

/** The same room in another process, as far as the database can tell. */
export function heirOf(scene: Scene, room: Room): Room {
  const db = scene.connect()
  return { ...room, db, deltas: createDeltaWriter(db, room.telemetry) }
}

/** A room with the demo model, which answers by rules. */
export async function roomWithBrain(scene: Scene, settings: Settings = {}): Promise<Room & { brain: Brain }> {
  const brain = await startBrain({ pace: 'instant' })
  scene.atEnd(() => brain.stop())
  return { ...openRoom(scene, { baseUrl: brain.url, apiKey: brain.key, ...settings }), brain }
}

/** A room with a provider that does as the test says. */
export async function roomWithProvider(scene: Scene, answers: Answering[], settings: Settings = {}) {
  const provider: Provider = await startProvider(...answers)
  scene.atEnd(provider.stop)
  return { ...openRoom(scene, { baseUrl: provider.url, ...settings }), provider }
}

/** One claimed attempt in the test's hands. */
export type Held = {
  task: Task
  signal: AbortSignal
  stop: (reason: StopReason) => void
  stops: StopReason[]
  /** It has been settled: whatever still goes on is to stop. */
  end: () => void
}

/** Inserts a request and claims it. */
export async function take(scene: Scene, { db }: { db: Db }, payload: Json, values: Row = {}): Promise<Held> {
  await submit(scene.sql, { request_payload: payload, ...values })
  return claimNext(db)
}

/** Another attempt at the task, as after the death of its worker. */
export async function takeOver({ sql }: Scene, { db }: { db: Db }, { task }: Held): Promise<Held> {
  await sql`update worker.leases set expires_at = now() - interval '1 hour' where task_id = ${task.id}`
  await sql`update public.agent_task_requests set crash_count = 0 where id = ${task.id}`
  await db.call('reap', { p_limit: 1 })
  return claimNext(db)
}

/** Claims the task whose turn it is. */
export async function claimNext(db: Db): Promise<Held> {
  const row = only((await db.call('claim', { p_worker: WORKER, p_slots: 1, p_lease_seconds: 60 }))[0])
  const controller = new AbortController()
  const stops: StopReason[] = []
  const stop = (reason: StopReason) => {
    stops.push(reason)
    controller.abort()
  }
  return { task: taskOf(row), signal: controller.signal, stop, stops, end: () => controller.abort() }
}

const offline = createResearch({ tavily: null, firecrawl: null })

export function perform(room: AgentRoom, held: Held, services: Partial<Services> = {}): Promise<Outcome> {
  return createPerform(room, { research: offline, todosUrl: 'http://127.0.0.1:9/mcp', ...services })(held.task, held)
}

/** One whole attempt at a question; what it threw comes as the result. */
export async function ask(scene: Scene, room: AgentRoom, prompt: string, values: Row = {}) {
  const held = await take(scene, room, { prompt }, values)
  return { held, result: await perform(room, held).catch((error: unknown) => error) }
}

/** What the stream's readers have been sent in this life, in order. */
export async function deltasOf({ sql }: Scene, { id }: Pick<Task, 'id'>, life = 1): Promise<Delta[]> {
  const rows = await sql`select seq, kind, step_key, data from public.agent_task_deltas
    where task_id = ${id} and life = ${life} order by seq`
  return rows as unknown as Delta[]
}

export async function stepsOf({ sql }: Scene, { id }: Pick<Task, 'id'>): Promise<Row[]> {
  return sql`select * from public.agent_task_steps where task_id = ${id} order by id`
}

/** The text that a reader of these deltas sees. */
export function textOf(deltas: Delta[]): string {
  const texts = new Map<string, string>()
  for (const delta of deltas) {
    if (delta.kind === 'text') texts.set(delta.step_key, (texts.get(delta.step_key) ?? '') + delta.data.text)
    if (delta.kind === 'reset') texts.set(delta.step_key, '')
  }
  return [...texts].flatMap(([key, text]) => (isMainText(key) && text) || []).join('\n\n')
}
