import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startBrain } from '../../../supabase/local/brain.ts'
import { startStack } from '../../support/stack.ts'
import { randomFrom } from '../random.ts'
import { hireCrew } from './crew.ts'
import { type Point, sortOf } from './points.ts'
import { breachesOf, wordsOf } from './referee.ts'
import { playTask } from './round.ts'
import { SCRIPTS } from './scripts.ts'

// A task of agents is done once without harm, which tells where it could die; then once more for each of these points,
// with a worker that dies there by SIGKILL, and for some pairs of them. `npm run chaos:agents` takes every point, `npm test` one of each sort.

const EVERY_POINT = import.meta.env.MODE === 'every-point'
const SEED = 7

const stack = await startStack()
const brain = await startBrain({ pace: 'instant', scripts: SCRIPTS })
await stack.sql.unsafe(await readFile(join(import.meta.dirname, 'effects.sql'), 'utf8'))
const model = {
  apiKey: brain.key,
  baseUrl: brain.url,
  name: 'gpt-test',
  api: 'responses' as const,
  timeoutSeconds: 20,
  prices: {},
  moderation: null,
}
const supabase = { url: stack.url, key: stack.serviceKey }
const direct = { project: { supabase, databaseUrl: stack.databaseUrl }, effectsUrl: stack.databaseUrl, model }
const overRest = { ...direct, project: { supabase, databaseUrl: undefined } }
const crew = hireCrew([direct, direct, overRest])
afterAll(async () => {
  await crew.close()
  await brain.stop()
  await stack.stop()
})

const clean = await playTask(stack.sql, crew, [])

describe('agents whose worker', () => {
  it('lives do all once', () => {
    expect(breachesOf(clean, clean, brain.callLog())).toEqual([])
    expect(clean.points.length).toBeGreaterThan(100)
  })

  it.concurrent.each(EVERY_POINT ? clean.points : oneOfEachSort(clean.points))(
    'dies in attempt $attempt $label ($n) do no less and no more',
    async point => {
      const ended = await playTask(stack.sql, crew, [point])
      if (!isMatterOfTime(point)) expect(ended.deaths, 'deaths').toBe(1)
      expect(breachesOf(ended, clean, brain.callLog()), wordsOf(ended)).toEqual([])
    },
    60_000,
  )

  it.concurrent.each(pairsOf(clean.points, EVERY_POINT ? 60 : 6))(
    'dies $first.label ($first.n) in attempt $first.attempt, and the next one $second.label ($second.n), do no less and no more',
    async ({ first, second }) => {
      const ended = await playTask(stack.sql, crew, [first, second])
      expect(breachesOf(ended, clean, brain.callLog()), wordsOf(ended)).toEqual([])
    },
    60_000,
  )
})

/** Any two places in attempts that follow each other; which of them are reached depends on the first. */
function pairsOf(points: Point[], n: number): { first: Point; second: Point }[] {
  const random = randomFrom(SEED)
  const any = () => random.pick(points as [Point, ...Point[]])
  return Array.from({ length: n }, () => {
    const first = any()
    return { first, second: { ...any(), attempt: first.attempt + 1 } }
  })
}

function oneOfEachSort(points: Point[]): Point[] {
  return [...new Map(points.map(point => [sortOf(point), point])).values()]
}

/** How often the stream is written depends on how fast all goes. */
function isMatterOfTime({ label, n }: Point): boolean {
  return label.includes('append_deltas') || (label.includes('report_progress') && n > 1)
}
