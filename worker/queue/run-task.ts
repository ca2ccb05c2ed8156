import { faultOf, TaskError } from '../errors.ts'
import type { Outcome, Perform, StopReason, Task } from '../task.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Leases } from './leases.ts'
import type { Settle, Settlement } from './settler.ts'

// A weightier reason replaces one that has been given already.
const WEIGHT: Record<StopReason, number> = { shutdown: 1, cancel: 2, lost: 3 }

/** The whole fate of one claimed task: hold its lease, perform it, settle how it ended. Never rejects. */
export async function runTask(
  task: Task,
  claimedAt: number,
  { perform, leases, settle, telemetry }: { perform: Perform; leases: Leases; settle: Settle; telemetry: Telemetry },
): Promise<void> {
  // One controller a task: signals joined to a process-long one would pile up (nodejs/node#54614). It is aborted
  // without a reason of ours, because the SDK takes only AbortErrors for a stop.
  const controller = new AbortController()
  const lost = new AbortController()
  let stopped: StopReason | undefined
  const stop = (reason: StopReason) => {
    if (reason === 'lost') lost.abort()
    if (stopped && WEIGHT[stopped] >= WEIGHT[reason]) return
    stopped = reason
    telemetry.taskStopped(task, reason)
    controller.abort()
  }

  const startedAt = performance.now()
  const release = leases.hold(task, claimedAt, stop)
  telemetry.taskClaimed(task)
  try {
    const outcome = await attempt(task, { signal: controller.signal, stop }, perform, telemetry)
    const settlement = settlementOf(outcome, stopped)
    const status = settlement ? await settle(task, settlement, lost.signal) : 'lost'
    const code = settlement && 'error' in settlement.detail ? settlement.detail.error.code : undefined
    telemetry.taskSettled(task, status, (performance.now() - startedAt) / 1000, code)
  } finally {
    release()
    controller.abort()
  }
}

async function attempt(
  task: Task,
  given: Parameters<Perform>[1],
  perform: Perform,
  telemetry: Telemetry,
): Promise<Outcome> {
  if (given.signal.aborted) return { kind: 'stopped' }
  try {
    return await perform(task, given)
  } catch (error) {
    if (given.signal.aborted) return { kind: 'stopped' }
    if (error instanceof TaskError) telemetry.taskFaulted(task, error)
    else telemetry.taskCrashed(task, error)
    return outcomeOf(error)
  }
}

function outcomeOf(error: unknown): Outcome {
  const fault = faultOf(error)
  if (!fault.retryable) return { kind: 'failed', error: fault }
  const afterSeconds = error instanceof TaskError ? error.afterSeconds : undefined
  return { kind: 'retry', error: fault, ...(afterSeconds !== undefined && { afterSeconds }) }
}

/** An attempt that finished before it noticed its stop has finished; one that lost its lease writes nothing. */
function settlementOf(outcome: Outcome, stopped: StopReason | undefined): Settlement | undefined {
  if (stopped === 'lost') return undefined
  switch (outcome.kind) {
    case 'completed':
      return { outcome: 'completed', detail: { response: outcome.response } }
    case 'failed':
      return { outcome: 'failed', detail: { error: outcome.error } }
    case 'retry': {
      const after = outcome.afterSeconds === undefined ? {} : { after_seconds: outcome.afterSeconds }
      return { outcome: 'retry', detail: { error: outcome.error, ...after } }
    }
    case 'stopped':
      if (stopped !== 'cancel') return { outcome: 'released', detail: {} }
      return { outcome: 'cancelled', detail: outcome.response === undefined ? {} : { response: outcome.response } }
  }
}
