import { beforeEach, describe, expect, it } from 'vitest'
import { TaskError } from '../../worker/errors.ts'
import type { Task } from '../../worker/task.ts'
import { createTelemetry, type Telemetry } from '../../worker/telemetry.ts'

let telemetry: Telemetry
beforeEach(() => {
  telemetry = createTelemetry({ format: 'json', level: 'silent' as 'error', prompts: false })
})
const lines = async () => (await telemetry.expose()).split('\n')
const task = (kind = 'assistant') => ({ id: crypto.randomUUID(), kind, attempt: 1, waitedSeconds: 0 }) as Task

describe('a lost lease', () => {
  it('that was noticed while the task ran counts once, as running', async () => {
    const lost = task()
    telemetry.taskStopped(lost, 'lost')
    telemetry.taskSettled(lost, 'lost', 1)
    expect(await lines()).toContain('liverow_leases_lost_total{noticed="running"} 1')
    expect(await lines()).toContain('liverow_leases_lost_total{noticed="settling"} 0')
  })

  it('that was noticed at the end counts once, as settling', async () => {
    telemetry.taskSettled(task(), 'lost', 1)
    expect(await lines()).toContain('liverow_leases_lost_total{noticed="running"} 0')
    expect(await lines()).toContain('liverow_leases_lost_total{noticed="settling"} 1')
  })

  it('is none where a task was stopped for another reason', async () => {
    const stopped = task()
    telemetry.taskStopped(stopped, 'cancel')
    telemetry.taskSettled(stopped, 'cancelled', 1)
    expect(await lines()).toContain('liverow_task_stops_total{reason="cancel"} 1')
    expect((await lines()).filter(line => /^liverow_leases_lost.* [1-9]/.test(line))).toEqual([])
  })
})

describe('counts', () => {
  it('begin at zero, so that the first event is seen as a rise', async () => {
    const told = await lines()
    for (const series of [
      'liverow_leases_lost_total{noticed="running"}',
      'liverow_task_crashes_total{kind="unknown"}',
      'liverow_task_stops_total{reason="deadline"}',
      'liverow_database_errors_total{what="beat"}',
      'liverow_tasks_settled_total{kind="assistant",status="failed"}',
    ]) {
      expect(told).toContain(`${series} 0`)
    }
  })

  it('tell errors by code and by whether they are tried again', async () => {
    telemetry.taskSettled(task(), 'scheduled', 1, 'rate_limited')
    telemetry.taskSettled(task(), 'failed', 1, 'invalid_request')
    telemetry.taskSettled(task(), 'completed', 1)
    const told = await lines()
    expect(told).toContain('liverow_task_faults_total{code="rate_limited",status="scheduled"} 1')
    expect(told).toContain('liverow_task_faults_total{code="invalid_request",status="failed"} 1')
    expect(told.filter(line => line.startsWith('liverow_task_faults_total'))).toHaveLength(2)
    expect(told).toContain('liverow_tasks_settled_total{kind="assistant",status="scheduled"} 1')
  })

  it('tell refusals by what they were for', async () => {
    for (const reason of ['rights', 'rate', 'rate'] as const)
      telemetry.toolRefused(task('scenario'), { tool: 'find_orders', agent: 'sales', reason })
    telemetry.todoRefused('todo_delete', 'todo_not_found')
    telemetry.contentRefused('input', ['hate', 'violence'])
    telemetry.contentRefused('output')
    telemetry.requestRefused({ route: '/api/scenarios', code: 'unauthenticated', id: '1' })
    const told = await lines()
    for (const series of [
      'liverow_tool_refusals_total{tool="find_orders",reason="rights"} 1',
      'liverow_tool_refusals_total{tool="find_orders",reason="rate"} 2',
      'liverow_tool_refusals_total{tool="todo_delete",reason="todo_not_found"} 1',
      'liverow_content_refusals_total{place="input",reason="hate"} 1',
      'liverow_content_refusals_total{place="output",reason="other"} 1',
      'liverow_http_refusals_total{route="/api/scenarios",code="unauthenticated"} 1',
    ])
      expect(told).toContain(series)
  })

  it('tell unforeseen errors and those alone as crashes', async () => {
    telemetry.taskFaulted(task(), new TaskError('rate_limited', 'The provider asks for a pause.'))
    telemetry.taskCrashed(task('invented'), new Error('A bug.'))
    expect(await lines()).toContain('liverow_task_crashes_total{kind="unknown"} 1')
    expect(await lines()).toContain('liverow_task_crashes_total{kind="assistant"} 0')
  })

  it('stay as many whatever users name their kinds', async () => {
    const many = async (from: number) => {
      for (let kind = from; kind < from + 50; kind++) {
        telemetry.taskClaimed(task(`invented-${kind}`))
        telemetry.taskCrashed(task(`invented-${kind}`), new Error('A bug.'))
        telemetry.taskSettled(task(`invented-${kind}`), 'failed', 1, 'internal')
      }
      return (await lines()).filter(line => line.startsWith('liverow_')).length
    }
    expect(await many(50)).toBe(await many(0))
  })
})

describe('upkeep', () => {
  it('is counted where it was done, and where it was left to another', async () => {
    telemetry.upkeepDone({ expired: 2, pruned: 30 })
    telemetry.upkeepDone(null)
    telemetry.upkeepDone(null)
    const told = await lines()
    expect(told).toContain('liverow_upkeep_rounds_total{outcome="done"} 1')
    expect(told).toContain('liverow_upkeep_rounds_total{outcome="left"} 2')
    expect(told).toContain('liverow_tasks_expired_total 2')
    expect(told).toContain('liverow_rows_pruned_total 30')
  })

  it('counts what schedules made, and those it cannot read', async () => {
    telemetry.scheduleTicked('schedule-1', 3)
    telemetry.scheduleTicked('schedule-1', 0)
    telemetry.scheduleRefused('schedule-2', 'invalid_cron')
    expect(await lines()).toContain('liverow_schedule_ticks_total 3')
    expect(await lines()).toContain('liverow_schedules_refused_total{code="invalid_cron"} 1')
  })
})

describe('hearing', () => {
  it('is on, lost, and on again', async () => {
    telemetry.hearingBegan()
    expect(await lines()).toContain('liverow_hearing 1')
    telemetry.hearingLost()
    expect(await lines()).toContain('liverow_hearing 0')
    expect(await lines()).toContain('liverow_hearing_lost_total 1')
    telemetry.hearingBegan()
    expect(await lines()).toContain('liverow_hearing 1')
    telemetry.hearingFailed(new Error('No LISTEN.'))
    expect(await lines()).toContain('liverow_hearing 0')
  })
})

describe('the pool', () => {
  it('is told while there is one', async () => {
    const told = async () => (await lines()).filter(line => /^liverow_database_pool/.test(line))
    expect(await told()).toEqual([])
    telemetry.poolSeen({ busy: 3, idle: 1, waiting: 2 })
    expect(await told()).toEqual([
      'liverow_database_pool_connections{state="busy"} 3',
      'liverow_database_pool_connections{state="idle"} 1',
      'liverow_database_pool_waiting 2',
    ])
    telemetry.poolSeen(undefined)
    expect(await told()).toEqual([])
  })
})

describe('a worker', () => {
  it('says what runs and how much it may take', async () => {
    telemetry.workerOnline({ id: 'worker-1', version: '1.2.3', transport: 'direct', model: 'gpt-test', concurrency: 5 })
    expect(await lines()).toContain('liverow_worker_info{version="1.2.3",transport="direct",model="gpt-test"} 1')
    expect(await lines()).toContain('liverow_worker_slots 5')
  })
})
