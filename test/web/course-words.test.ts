import { describe, expect, test } from 'vitest'
import { emptyTaskView } from '../../shared/client/watch-task.ts'
import type { Step } from '../../shared/deltas.ts'
import { citations, citedBy, type Node } from '../../web/src/components/courses/citations.ts'
import { courseLines } from '../../web/src/hooks/courses/course-line.ts'
import { writingOf } from '../../web/src/hooks/courses/writing.ts'
import { stageOf } from '../../web/src/words/course-words.ts'
import { pageOf, plainExcerpt } from '../../web/src/words/source-words.ts'
import { aTask } from '../shared/a-task.ts'

const step = (more: Partial<Step>): Step => ({
  key: 'tool:/a',
  kind: 'tool',
  agent: 'Content Agent',
  name: 'write_module',
  status: 'started',
  ...more,
})

describe('a number in brackets leads to its source', () => {
  const linked = (value: string): unknown[] => {
    const paragraph: Node = { type: 'paragraph', children: [{ type: 'text', value }] }
    citations(new Set([1, 12]))()({ type: 'root', children: [paragraph] })
    return (paragraph.children ?? []).map(node => (node.type === 'link' ? citedBy(node.url) : node.value))
  }
  test('wherever it stands', () => {
    expect(linked('So it is [1][12], they say [1].')).toEqual(['So it is ', 1, 12, ', they say ', 1, '.'])
  })
  test('unless there is no such source', () => {
    expect(linked('An array[0], a year [2024] and [3].')).toEqual(['An array[0], a year [2024] and [3].'])
  })
})

test('only pages of the web can be opened', () => {
  expect(pageOf('https://www.example.org/a')).toEqual({ href: 'https://www.example.org/a', place: 'example.org' })
  expect(pageOf('https://corpus.liverow.test/joins')).toEqual({ href: null, place: 'from the demo library' })
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'no address']) expect(pageOf(url).href).toBeNull()
})

test('an excerpt is shown without the signs of Markdown', () => {
  expect(plainExcerpt('## Load\n\nSay `what` you *expect*:\n```python\nx = 1\n```')).toBe(
    'Load Say what you expect: x = 1',
  )
})

test('a course is listed once, whether its task or its plan or both can be seen', () => {
  const plan = {
    plan_id: 'p1',
    task_id: 't1',
    employee_id: 'e',
    course_title: 'One',
    total_modules: 2,
    created_at: '2026-11-21T10:00:00Z',
    finished_at: null,
  }
  const job = { job_id: 't1', plan_id: 'p1', employee_id: 'e', status: 'failed', modules_written: 1 }
  const lines = courseLines(
    [plan, { ...plan, plan_id: 'p2', task_id: null, created_at: '2026-11-21T09:00:00Z', finished_at: 'then' }],
    [
      { ...job, created_at: '2026-11-21T10:00:00Z' },
      { ...job, job_id: 't3', plan_id: null, status: 'pending', created_at: '2026-11-21T11:00:00Z' },
    ],
  )
  expect(lines).toMatchObject([
    { id: 't3', title: null, status: 'pending' },
    { id: 't1', title: 'One', status: 'failed', written: 1, modules: 2 },
    { id: 'p2', title: 'One', status: null, isWhole: true },
  ])
})

describe('what is being written', () => {
  const task = aTask({ status: 'processing' })
  const inner = { key: 'model:/a:1', text: 'A first sentence' }
  const view = { ...emptyTaskView, task, pieces: [inner], steps: [step({ input: { module: 3 } })] }
  const done = (output: string) => ({ ...view, steps: [step({ input: { module: 3 }, status: 'done', output })] })
  test('is told by module, with the text so far', () => {
    expect([...writingOf(view, true)]).toEqual([[3, 'A first sentence']])
  })
  test('stands until what was stored has been read', () => {
    const stored = { ...done('{"content_id":"c"}'), task: aTask({ status: 'completed' }) }
    expect([...writingOf(stored, false).keys()]).toEqual([3])
    expect(writingOf(stored, true).size).toBe(0)
  })
  test('is no more what was refused', () => {
    expect(writingOf(done('Not stored. It has 20 words.'), true).size).toBe(0)
  })
})

test('the stage of a course is that of who was handed it last', () => {
  const handoff = (name: string) => step({ key: `handoff:/${name}`, kind: 'handoff', name, status: 'done' })
  expect(stageOf([])).toBe(0)
  expect(stageOf([handoff('Planning Agent')])).toBe(1)
  expect(stageOf([handoff('Planning Agent'), handoff('Research Agent'), handoff('Content Agent')])).toBe(3)
})
