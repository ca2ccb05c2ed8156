import { faultOf, TaskError } from '../errors.ts'
import type { Attempt, Outcome, Perform, StopReason, Task } from '../task.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Leases } from './leases.ts'
import type { Settle, Settlement } from './settler.ts'

// A weightier reason replaces one that has been given already.
const WEIGHT: Record<StopReason, number> = { shutdown: 1, cancel: 2, deadline: 3, lost: 4 }

/** The whole fate of one claimed task: hold its lease, perform it, settle how it ended. Never rejects. */
export async function runTask(
  task: Task,
  claimedAt: number,
  { perform, leases, settle, telemetry }: { perform: Perform; leases: Leases; settle: Settle; telemetry: Telemetry },
): Promise<void> {
  const stoppable = makeStoppable(reason => telemetry.taskStopped(task, reason))
  const { stop } = stoppable
  const startedAt = performance.now()
  const release = leases.hold(task, claimedAt, stop)
  const deadline = task.deadlineSeconds === null ? undefined : setTimeout(stop, task.deadlineSeconds * 1000, 'deadline')
  telemetry.taskClaimed(task)
  try {
    const outcome = await attempt(task, stoppable, perform, telemetry)
    const settlement = settlementOf(outcome, stoppable.reason())
    const isLost = () => stoppable.reason() === 'lost'
    const status = settlement ? await settle(task, settlement, isLost) : 'lost'
    const code = settlement && 'error' in settlement.detail ? settlement.detail.error.code : undefined
    telemetry.taskSettled(task, status, (performance.now() - startedAt) / 1000, code)
  } finally {
    clearTimeout(deadline)
    release()
    stoppable.end()
  }
}

type Stoppable = Attempt & { reason: () => StopReason | undefined; end: () => void }

/**
 * One controller a task: signals joined to a process-long one would pile up (nodejs/node#54614). It is made when
 * somebody asks for it, and aborted without a reason of ours, because the SDK takes only AbortErrors for a stop.
 */
function makeStoppable(onStop: (reason: StopReason) => void): Stoppable {
  let controller: AbortController | undefined
  let reason: StopReason | undefined
  return {
    get signal() {
      controller ??= new AbortController()
      if (reason) controller.abort()
      return controller.signal
    },
    stop: next => {
      if (reason && WEIGHT[reason] >= WEIGHT[next]) return
      reason = next
      onStop(next)
      controller?.abort()
    },
    reason: () => reason,
    end: () => controller?.abort(),
  }
}

async function attempt(task: Task, given: Stoppable, perform: Perform, telemetry: Telemetry): Promise<Outcome> {
  if (given.reason()) return { kind: 'stopped' }
  try {
    return await perform(task, given)
  } catch (error) {
    if (given.reason()) return { kind: 'stopped' }
    if (error instanceof TaskError) telemetry.taskFaulted(task, error)
    else telemetry.taskCrashed(task, error)
    return outcomeOf(error)
  }
}

function outcomeOf(error: unknown): Outcome {
  const fault = faultOf(error)
  if (!fault.retryable) return { kind: 'failed', error: fault }
  const afterSeconds = error instanceof TaskError ? error.afterSeconds : undefined
  return afterSeconds === undefined ? { kind: 'retry', error: fault } : { kind: 'snooze', error: fault, afterSeconds }
}

/** An attempt that finished before it noticed its stop has finished; one that lost its lease writes nothing. */
function settlementOf(outcome: Outcome, stopped: StopReason | undefined): Settlement | undefined {
  if (stopped === 'lost') return undefined
  switch (outcome.kind) {
    case 'completed':
      return { outcome: 'completed', detail: { response: outcome.response } }
    case 'failed': {
      const soFar = outcome.response === undefined ? {} : { response: outcome.response }
      return { outcome: 'failed', detail: { error: outcome.error, ...soFar } }
    }
    case 'retry':
      return { outcome: 'retry', detail: { error: outcome.error } }
    case 'snooze':
      return { outcome: 'snooze', detail: { error: outcome.error, after_seconds: outcome.afterSeconds } }
    case 'waiting':
      return { outcome: 'waiting', detail: {} }
    case 'stopped': {
      const soFar = outcome.response === undefined ? {} : { response: outcome.response }
      if (stopped === 'cancel') return { outcome: 'cancelled', detail: soFar }
      if (stopped === 'deadline') return { outcome: 'failed', detail: { error: DEADLINE_EXCEEDED, ...soFar } }
      return { outcome: 'released', detail: {} }
    }
  }
}

const DEADLINE_EXCEEDED = {
  code: 'deadline_exceeded',
  message: 'The task was not done by its deadline.',
  retryable: false,
}
