import type postgres from 'postgres'
import { expect, test } from 'vitest'
import { setScene } from '../arrange.ts'
import { pageOf, planOf, setCourses, textOf } from './arrange.ts'

type Json = postgres.JSONValue

const scene = await setScene()
const { takePlanned, output } = await setCourses(scene)

const DEEP = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`)
const JUNK: Json[] = [
  null,
  true,
  '',
  'x',
  '1',
  -1,
  0,
  1.5,
  1e300,
  'x'.repeat(5000),
  [],
  [[1]],
  [null],
  {},
  { a: {} },
  DEEP,
]

/** The value with each of its parts in turn, and the whole, replaced by `junk`. */
function* spoilt(value: Json, junk: Json): Generator<Json> {
  yield junk
  if (typeof value !== 'object' || value === null) return
  for (const [key, part] of Object.entries(value)) {
    for (const bad of spoilt(part as Json, junk)) {
      const copy = structuredClone(value) as Record<string, Json>
      copy[key] = bad
      yield copy
    }
  }
}

const CALLS: Record<string, Json> = {
  store_course_plan: planOf(2),
  store_planning_metadata: { rationale: 'R', assumptions: ['A'], left_out: [] },
  keep_sources: { query: 'sql', pages: [pageOf(9)] },
  open_source: { url: pageOf(1).url },
  store_research_results: { module: 1, topic: 'T', findings: [{ claim: 'C', sources: [1, 2] }] },
  store_research_session: { summary: 'S', open_questions: ['Q?'] },
  read_module_brief: { module: 1 },
  store_module_content: { module: 2, body: textOf('[1]') },
  finish_course: { summary: 'S' },
  begin_course: {},
}

// What raises anything but a refusal ends the task, and runTool rejects here. That what is kept is whole, the rules say.
test.each(Object.entries(CALLS))(
  '%s takes or refuses whatever it is given, and what is stored can be read',
  async (name, input) => {
    const held = await takePlanned(2)
    for (const junk of JUNK) {
      for (const bad of spoilt(input, junk)) await output(held, name, bad)
    }
    for (const reader of ['read_course_plan', 'read_module_brief'])
      expect(await output(held, reader, { module: 1 })).not.toHaveProperty('error')
  },
)
