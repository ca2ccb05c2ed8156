import { UserError } from '@openai/agents'
import { TaskError } from '../../worker/errors.ts'
import type { Task } from '../../worker/task.ts'
import { createTelemetry } from '../../worker/telemetry.ts'

// Run by telemetry.test.ts in a process of its own, since log lines go straight to standard output: tells of everything
// once, with secrets wherever one could slip in. Argument: the settings of the log as JSON.

const telemetry = createTelemetry(JSON.parse(String(process.argv[2])))
const task: Task = {
  id: 'task-1',
  leaseId: 'lease-1',
  kind: 'assistant',
  life: 1,
  attempt: 2,
  maxAttempts: 5,
  userId: 'user-1',
  enterpriseId: null,
  payload: { prompt: `PROMPT why\nis the sky ${'so '.repeat(40)}blue END`, context: { note: 'CONTEXT' } },
  waitedSeconds: 0.1,
  deadlineSeconds: null,
  correlationId: 'a-correlation-id',
}
// The SDK hangs the whole run on its errors.
const carrying = Object.assign(new UserError('A tool is missing.'), { state: { originalInput: 'STATE' } })
const answered = Object.assign(new Error('The row was refused.'), { detail: 'DETAIL', where: 'WHERE', code: '23514' })
const refused = Object.assign(new Error('CAUSE'), { status: 429, requestID: 'req-1' })

telemetry.workerOnline({ id: 'worker-1', version: '1.2.3', transport: 'direct', model: 'gpt-test', concurrency: 5 })
telemetry.heartbeat(3)
telemetry.taskClaimed(task)
telemetry.modelCalled(task, {
  model: 'gpt-test',
  agent: 'Tester',
  seconds: 1,
  usage: { inputTokens: 10, outputTokens: 5 },
  cost: null,
})
telemetry.modelRetried(task, 'rate_limited', 1)
telemetry.toolCalled(task, { tool: 'calculate', agent: 'Tester', seconds: 0.1, failed: false })
telemetry.toolRefused(task, { tool: 'calculate', agent: 'Tester', reason: 'rate' })
telemetry.contentRefused('input', ['hate'])
telemetry.requestAnswered({ route: '/mcp', status: 200, seconds: 0.1, id: 'a-correlation-id' })
telemetry.requestRefused({ route: '/mcp', code: 'busy', id: 'a-correlation-id' })
telemetry.requestCrashed(new Error('A bug.'), 'a-correlation-id')
telemetry.taskStopped(task, 'cancel')
telemetry.taskFaulted(task, new TaskError('rate_limited', 'MESSAGE', { cause: refused }))
telemetry.taskCrashed(task, carrying)
for (const status of ['completed', 'failed', 'cancelled', 'scheduled', 'pending', 'waiting', 'lost']) {
  telemetry.taskSettled(task, status, 1.23456, status === 'failed' ? 'content_refused' : undefined)
}
telemetry.tasksReaped([{ task_id: 'task-2', status: 'pending', correlation_id: 'another-id' }])
telemetry.upkeepDone({ expired: 1, pruned: 2 })
telemetry.upkeepDone(null)
telemetry.scheduleTicked('schedule-1', 2)
telemetry.scheduleTicked('schedule-1', 0)
telemetry.scheduleRefused('schedule-2', 'invalid_cron')
telemetry.databaseFailed('settle', answered)
telemetry.hearingBegan()
telemetry.hearingLost()
telemetry.hearingFailed(new Error('No LISTEN.'))
telemetry.broadcastFailed(new Error('Not taken.'))
for (const sink of ['openai', 'otlp', 'otlp'])
  telemetry.traceFailed(sink, Object.assign(new Error('Not taken.'), { data: 'DETAIL' }))
telemetry.workerStopping(1, 25)
telemetry.workerOffline()
