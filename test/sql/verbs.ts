// The worker's verbs as a worker calls them, one SQL function each.

import type postgres from 'postgres'
import { expect } from 'vitest'
import { only } from './only.ts'

type Json = postgres.JSONValue

/** What entitles an attempt to write. */
export interface Held {
  task: string
  lease: string
}

export const WORKER = '00000000-0000-4000-8000-00000000000a'

export async function register(worker: postgres.Sql, hears = 'postgres', id = WORKER): Promise<void> {
  await worker`select worker.beat(${id}, 'test-host', '0.0.0', ${hears}, '{}', '{}', 60)`
}

interface ClaimOptions {
  slots?: number
  seconds?: number
  kinds?: string[] | null
  by?: string
}

export function claim(worker: postgres.Sql, { slots = 1, seconds = 60, kinds = null, by = WORKER }: ClaimOptions = {}) {
  return worker<{ task_id: string; lease_id: string; attempt: number; life: number; [column: string]: unknown }[]>`
    select * from worker.claim(${by}, ${slots}, ${seconds}, ${kinds})`
}

/** Claims the one request that is there. */
export async function claimOne(worker: postgres.Sql, options: ClaimOptions = {}): Promise<Held> {
  const rows = await claim(worker, options)
  expect(rows).toHaveLength(1)
  const row = only(rows[0])
  return { task: row.task_id, lease: row.lease_id }
}

interface Ending extends Held {
  outcome: string
  detail?: Json
}

/** Settles a batch; returns the new status of each, in the order given. */
export async function settle(worker: postgres.Sql, ...endings: Ending[]): Promise<(string | undefined)[]> {
  const rows = await worker<{ lease_id: string; status: string }[]>`
    select * from worker.settle(${endings.map(e => e.task)}, ${endings.map(e => e.lease)},
      ${endings.map(e => e.outcome)}, ${jsons(endings.map(e => e.detail ?? {}))}::text[]::jsonb[])`
  return endings.map(ending => rows.find(row => row.lease_id === ending.lease)?.status)
}

/** Beats once; returns the verdict on each, in the order given. */
export async function beat(
  worker: postgres.Sql,
  held: Held[],
  seconds = 60,
  by = WORKER,
): Promise<(string | undefined)[]> {
  const rows = await worker<{ lease_id: string; verdict: string }[]>`
    select * from worker.beat(${by}, 'host', '1', 'postgres', ${held.map(h => h.task)}, ${held.map(h => h.lease)}, ${seconds})`
  return held.map(({ lease }) => rows.find(row => row.lease_id === lease)?.verdict)
}

interface Child {
  key: string
  kind?: string
  request_payload?: Json
  priority?: number
}

interface Spawned {
  verdict: string
  children: { key: string; task_id: string; status: string; response_payload: Json; error: Json }[]
}

/** Makes children of a running task, of the kind `child` where none is said. */
export async function spawn(worker: postgres.Sql, { task, lease }: Held, ...children: Child[]): Promise<Spawned> {
  const rows = jsons(children.map(child => ({ kind: 'child', request_payload: {}, ...child })))
  const [row] = await worker`select worker.spawn_children(${task}, ${lease}, ${rows}::text[]::jsonb[]) as spawned`
  return only(row).spawned
}

interface Question {
  key?: string
  agent?: string
  tool_name?: string
  arguments?: Json
  decider?: string
  quorum?: number
  not_asker?: boolean
  may_edit?: boolean
  expires_seconds?: number
}

/** Asks for consent to tool calls, to send a mail where nothing else is said. */
export async function ask(worker: postgres.Sql, { task, lease }: Held, ...questions: Question[]): Promise<string> {
  const plain = { key: 'tool:/call_1', agent: 'assistant', tool_name: 'send_mail', arguments: { to: 'ada@acme.test' } }
  const rows = jsons(questions.map(question => ({ ...plain, ...question })))
  const [row] = await worker`select worker.ask_approvals(${task}, ${lease}, ${rows}::text[]::jsonb[]) as verdict`
  return only(row).verdict
}

export function reap(worker: postgres.Sql, limit = 100) {
  return worker<{ task_id: string; status: string }[]>`select * from worker.reap(${limit})`
}

export async function recordSteps(worker: postgres.Sql, { task, lease }: Held, ...steps: Json[]): Promise<string> {
  const [row] = await worker`select worker.record_steps(${task}, ${lease}, ${jsons(steps)}::text[]::jsonb[]) as verdict`
  return only(row).verdict
}

/** Appends deltas of one attempt; returns its verdict. */
export async function appendDeltas(worker: postgres.Sql, held: Held, ...deltas: Json[]): Promise<string> {
  const [appended] = await appendAll(worker, { ...held, deltas })
  return only(appended).verdict
}

interface Appended {
  lease_id: string
  verdict: string
  watched: boolean
}

/** Appends deltas of many attempts; returns what each is told, in the order given. */
export async function appendAll(worker: postgres.Sql, ...batches: (Held & { deltas: Json[] })[]): Promise<Appended[]> {
  const rows = await worker<Appended[]>`
    select * from worker.append_deltas(${batches.map(b => b.task)}, ${batches.map(b => b.lease)},
      ${jsons(batches.map(({ deltas }) => ({ deltas })))}::text[]::jsonb[])`
  return batches.map(({ lease }) => only(rows.find(row => row.lease_id === lease)))
}

interface ToolCall {
  name: string
  key?: string
  input?: Json
}

interface ToolResult {
  verdict: string
  output?: Json
  refusal?: string
}

/** Has a tool of SQL called. */
export async function runTool(worker: postgres.Sql, { task, lease }: Held, call: ToolCall): Promise<ToolResult> {
  const step = { key: 'tool:/call_1', agent: 'assistant', input: {}, ...call }
  const [row] = await worker`select worker.run_tool(${task}, ${lease}, ${jsons([step])}::text[]::jsonb[]) as result`
  return only(row).result
}

function jsons(values: Json[]): string[] {
  return values.map(value => JSON.stringify(value))
}

/** A model call that has ended. */
export function step(key: string, more: Record<string, Json> = {}): Json {
  return { key, kind: 'model', agent: 'assistant', name: 'gpt-5', status: 'done', output: { text: 'Hi.' }, ...more }
}

export function textDelta(seq: number, text = 'Hi.'): Json {
  return { seq, kind: 'text', step_key: 'model::1', data: { text } }
}
