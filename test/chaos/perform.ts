import { setTimeout as pause } from 'node:timers/promises'
import type { Json } from '../../shared/database.types.ts'
import { createDeltaWriter } from '../../worker/agents/delta-writer.ts'
import { createStore, type StepRecord } from '../../worker/agents/store.ts'
import { type Args, type Db, insist } from '../../worker/db.ts'
import { TaskError } from '../../worker/errors.ts'
import type { Attempt, Outcome, Perform, Task } from '../../worker/task.ts'
import type { Telemetry } from '../../worker/telemetry.ts'
import type { Script } from './plan.ts'

const ENDLESS_STEP_MS = 100
const HAUNTINGS = 12
const HAUNT_EVERY_MS = 150

/** Performs scripts: every step is journalled under the lease, and names the lease, so that it can be checked later. */
export function createPerform({ db, telemetry }: { db: Db; telemetry: Telemetry }): Perform {
  return async (task, attempt) => {
    const script = task.payload as Script
    if (script.stubborn) return await performStubbornly(db, task, script, attempt)
    return await performWell(db, task, script, attempt, telemetry)
  }
}

/** As our agents do: heeds the signal, repeats nothing that is done, insists while the database is away. */
async function performWell(
  db: Db,
  task: Task,
  script: Script,
  attempt: Attempt,
  telemetry: Telemetry,
): Promise<Outcome> {
  const store = createStore(db, createDeltaWriter(db, telemetry), task, attempt, telemetry)
  const { steps } = await store.load()
  const done = new Set(steps.filter(step => step.status === 'done').map(step => step.key))
  for (const [n, ms] of stepsOf(task, script)) {
    if (done.has(keyOf(n))) continue
    if (n % 2 === 0) await store.recordSteps([begun(task, n)])
    await pause(ms, undefined, { signal: attempt.signal }).catch(() => undefined)
    if (attempt.signal.aborted) return { kind: 'stopped', response: responseOf(task) }
    await store.recordSteps([finished(task, n)])
  }
  return endOf(task, script)
}

/** As no one should: goes on when told to stop, settles on its own before the worker does so once more, and haunts. */
async function performStubbornly(db: Db, task: Task, script: Script, { signal }: Attempt): Promise<Outcome> {
  const settle = async (outcome: string, detail: Json): Promise<Outcome> => {
    await settleAlone(db, task, outcome, detail)
    // A call that is refused for good ends the haunting, nothing else.
    void haunt(db, task).catch(() => undefined)
    return { kind: 'stopped' }
  }
  for (const [n, ms] of stepsOf(task, script)) {
    await pause(ms)
    const verdict = await recordAlone(db, task, n)
    // The lease is another's by now: to settle with it all the same must change nothing.
    if (verdict === 'lost') return await settle('completed', { response: responseOf(task) })
    if (verdict === 'cancel') return await settle('cancelled', {})
    if (signal.aborted && n >= script.steps.length) return await settle('released', {})
  }
  const outcome = endOf(task, script)
  return outcome.kind === 'completed' ? await settle('completed', { response: outcome.response }) : outcome
}

/** A dead attempt that will not rest: its lease is gone, and whoever holds the task by now must not notice. */
async function haunt(db: Db, task: Task): Promise<void> {
  for (let n = 0; n < HAUNTINGS; n++) {
    await pause(HAUNT_EVERY_MS)
    await settleAlone(db, task, 'completed', { response: responseOf(task) })
    await recordAlone(db, task, n)
  }
}

function settleAlone(db: Db, task: Task, outcome: string, detail: Json): Promise<unknown> {
  const args = { p_tasks: [task.id], p_leases: [task.leaseId], p_outcomes: [outcome], p_details: [detail] }
  return stubborn(() => db.call('settle', args))
}

function recordAlone(db: Db, task: Task, n: number): Promise<string> {
  const steps = [finished(task, n)] as unknown as Args<'record_steps'>['p_steps']
  return stubborn(() => db.call('record_steps', { p_task: task.id, p_lease: task.leaseId, p_steps: steps }))
}

function stubborn<T>(call: () => Promise<T>): Promise<T> {
  return insist(call, { giveUp: () => false, onFailure: () => undefined })
}

/** Number and length of each step. */
function* stepsOf(task: Task, script: Script): Generator<[number, number]> {
  yield* script.steps.entries()
  if (!script.endless || task.life > 1) return
  for (let n = script.steps.length; ; n++) yield [n, ENDLESS_STEP_MS]
}

/** @throws TaskError where the script wants one. */
function endOf(task: Task, script: Script): Outcome {
  if (script.hopeless) throw new TaskError('hopeless', 'The script says so.')
  if (task.attempt <= script.failures) throw new TaskError('flaky', 'The script says so.', { retry: true })
  return { kind: 'completed', response: responseOf(task) }
}

export function keyOf(n: number): string {
  return `tool:/${n}`
}

function responseOf(task: Task): Json {
  return { lease: task.leaseId, attempt: task.attempt }
}

function begun(task: Task, n: number): StepRecord {
  return { ...step(task, n), status: 'started' }
}

function finished(task: Task, n: number): StepRecord {
  return { ...step(task, n), status: 'done' }
}

// The output, unlike the input, is replaced when a step is written again: it names the latest writer.
function step(task: Task, n: number) {
  return { key: keyOf(n), kind: 'tool' as const, agent: 'chaos', name: 'step', output: { lease: task.leaseId } }
}
