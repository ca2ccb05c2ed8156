import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TaskProgress } from '../../../shared/task.ts'
import { openContext } from '../../../worker/agents/context.ts'
import { reportProgress } from '../../../worker/agents/progress.ts'
import { setScene } from '../arrange.ts'
import { openRoom } from './arrange.ts'
import { takeOne } from './run-with.ts'

const scene = await setScene()

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** What would be written to the row. */
  function written(write: (progress: TaskProgress) => Promise<void> = () => Promise.resolve()) {
    const rows: TaskProgress[] = []
    const progress = reportProgress({
      reportProgress: each => {
        rows.push(each)
        return write(each)
      },
    })
    return { rows, progress }
  }

  it('is written at once, and then at most once a second, the latest', async () => {
    const { rows, progress } = written()
    for (let done = 1; done <= 5; done++) progress.report({ done })
    await vi.advanceTimersByTimeAsync(10)
    expect(rows).toEqual([{ done: 5 }])
    progress.report({ done: 6 })
    progress.report({ done: 7 })
    await vi.advanceTimersByTimeAsync(900)
    expect(rows).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(100)
    expect(rows).toEqual([{ done: 5 }, { done: 7 }])
  })

  it('is complete at the end, whatever the time', async () => {
    const { rows, progress } = written()
    progress.report({ done: 1 })
    await vi.advanceTimersByTimeAsync(10)
    progress.report({ done: 2 })
    await progress.end()
    expect(rows).toEqual([{ done: 1 }, { done: 2 }])
  })

  it('that cannot be written fails nothing', async () => {
    const { rows, progress } = written(() => Promise.reject(new Error('No.')))
    progress.report({ done: 1 })
    await progress.end()
    progress.report({ done: 2 })
    await progress.end()
    expect(rows).toHaveLength(2)
  })
})

describe('the progress of a task', () => {
  it('is in its row', async () => {
    const room = openRoom(scene, {})
    const held = await takeOne(scene, room)
    const { progress } = await openContext(room, held.task, held)
    progress.report({ done: 1, total: 3, text: 'Reading' })
    await progress.end()
    const [row] = await scene.sql`select progress from public.agent_task_requests`
    expect(row?.progress).toEqual({ done: 1, total: 3, text: 'Reading' })
  })
})
