// Random things happen to the queue in random order; a small model says what must come of them.
//
// A failure prints its seed and the shortest story that still shows it. QUEUE_SEED=… runs that seed alone,
// QUEUE_RUNS=500 looks further than is done each time.

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addUser } from '../../support/roles.ts'
import { addEnterprise, setScene } from '../arrange.ts'
import { violations } from '../rules.ts'
import { COMMANDS, compare, type Queue, setClock } from './commands.ts'
import { emptyModel, type Model, type Session } from './model.ts'

const { sql, connect } = await setScene()
const session = await connect()
// A verb that never ends is told as a failure of its story.
await session`set statement_timeout = '3s'`
const acme = await addEnterprise(sql, 'Acme')
const tenants = [acme, await addEnterprise(sql, 'Globex'), null]
const user = await addUser(sql, 'owner@acme.test')
const POLICIES = ['reject', 'enqueue', 'interrupt']

const { QUEUE_RUNS, QUEUE_SEED } = process.env
const RUNS = Number(QUEUE_RUNS ?? 60)
const SEEDS = QUEUE_SEED ? [Number(QUEUE_SEED)] : [1, 2, 3]

async function emptyQueue(): Promise<Session[]> {
  await session`delete from public.agent_task_requests`
  await session`delete from public.agent_sessions`
  await session`delete from worker.lanes`
  await session`delete from worker.kinds`
  await session`delete from worker.tenants`
  await session`delete from worker.parents_to_check`
  await setClock(session, 0)
  const sessions = POLICIES.map(onBusy => ({ id: crypto.randomUUID(), onBusy }))
  for (const { id, onBusy } of sessions)
    await session`
      insert into public.agent_sessions (id, user_id, enterprise_id, on_busy) values (${id}, ${user}, ${acme}, ${onBusy})`
  return sessions
}

/** After each command, the rules and the model must hold. */
const watched = COMMANDS.map(arbitrary =>
  arbitrary.map(command => ({
    check: command.check,
    toString: command.toString,
    run: async (model: Model, queue: Queue) => {
      queue.story.push(command.toString())
      await command.run(model, queue)
      await compare(model, queue)
      expect(await violations(queue.sql)).toEqual([])
    },
  })),
)

describe('whatever happens in whatever order', () => {
  test.each(SEEDS)(
    'the queue is what the model says, and whole (seed %i)',
    async seed => {
      const story = fc.asyncProperty(
        fc.noBias(fc.commands(watched, { maxCommands: 80, size: 'max' })),
        async commands => {
          const sessions = await emptyQueue()
          const queue: Queue = { sql: session, tenants, sessions, versions: new Map(), story: [] }
          await fc
            .asyncModelRun(() => ({ model: emptyModel(), real: queue }), commands)
            .catch(error => {
              throw new Error(`After ${queue.story.join(' · ')}: ${error.message}`, { cause: error })
            })
        },
      )
      // Shrinking stops in time, too, so that what was found is told.
      const limits = {
        interruptAfterTimeLimit: 10_000 + RUNS * 100,
        markInterruptAsFailure: false,
        includeErrorInReport: true,
      }
      await fc.assert(story, { seed, numRuns: RUNS, ...limits })
    },
    30_000 + RUNS * 300,
  )
})
