import { beforeEach, describe, expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import { later, requestIn, setScene, submitAndClaim } from '../arrange.ts'
import { only } from '../only.ts'
import { castAndTasks, SEES } from '../rights/cast.ts'
import { appendAll, textDelta } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const SERVER: Caller = { role: 'service_role' }

beforeEach(() => sql`delete from worker.watchers`)

const watch = (task: string, caller = SERVER, session = worker) =>
  as(session, caller, tx => tx`select public.watch_agent_task(${task})`)
const isWatched = async (task: string, session = worker) =>
  only((await session`select private.is_watched(${task}) as watched`)[0]).watched
const watchers = () => sql`select task_id, xmin::text from worker.watchers`
/** A session’s clock, which stays when a transaction of `as` ends. */
const at = (seconds: number) => later(worker, `${seconds} seconds`)

describe('watch_agent_task', () => {
  test('has a task watched for 45 seconds', async () => {
    const task = await requestIn('processing', scene)
    expect(await isWatched(task)).toBe(false)
    await watch(task)
    await at(44)
    expect(await isWatched(task)).toBe(true)
    await at(46)
    expect(await isWatched(task)).toBe(false)
  })

  test('goes on when it is said again', async () => {
    const task = await requestIn('processing', scene)
    await watch(task)
    await at(30)
    await watch(task)
    await at(74)
    expect(await isWatched(task)).toBe(true)
  })

  test('writes once in ten seconds, however many watch', async () => {
    const task = await requestIn('processing', scene)
    await at(0)
    await watch(task)
    const before = await watchers()
    await at(9)
    await watch(task)
    expect(await watchers()).toEqual(before)
    await at(11)
    await watch(task)
    expect(await watchers()).not.toEqual(before)
  })

  test('is of one task', async () => {
    const [one, other] = [await requestIn('processing', scene), await requestIn('processing', scene)]
    await watch(one)
    expect([await isWatched(one), await isWatched(other)]).toEqual([true, false])
  })

  test('is told to who writes deltas, and to who looks into the journal', async () => {
    const [seen, unseen] = [await submitAndClaim(scene), await submitAndClaim(scene)]
    await watch(seen.task)
    const appended = await appendAll(worker, { ...unseen, deltas: [textDelta(1)] }, { ...seen, deltas: [textDelta(1)] })
    expect(appended.map(each => each.watched)).toEqual([false, true])
    const [row] = await worker`select worker.load_journal(${seen.task}, ${seen.lease}) as journal`
    expect(row?.journal).toMatchObject({ watched: true })
  })

  test('refuses a task that is not there', async () => {
    await expect(watch(crypto.randomUUID())).rejects.toMatchObject({ code: '42501' })
    await expect(sql`select public.watch_agent_task(null)`).rejects.toMatchObject({ code: '42501' })
  })
})

describe('worker.prune', () => {
  test('forgets who no longer watches', async () => {
    const [old, young] = [await requestIn('processing', scene), await requestIn('processing', scene)]
    await watch(old)
    await at(60)
    await watch(young)
    await at(110)
    await worker`select worker.prune(10)`
    expect(await watchers()).toMatchObject([{ task_id: young }])
  })
})

describe('a task may be watched', () => {
  test('by those who see it, and by nobody else', async () => {
    const { tasks, nameOf, caller } = await castAndTasks(sql)
    for (const actor of Object.keys(SEES) as (keyof typeof SEES)[]) {
      const watched: string[] = []
      for (const id of tasks.values()) {
        const may = await watch(id, caller(actor), sql).then(
          () => true,
          error => {
            expect(error).toMatchObject({ code: '42501' })
            return false
          },
        )
        if (may) watched.push(nameOf(id))
      }
      expect(watched.sort(), actor).toEqual(SEES[actor])
    }
    await expect(watch(only([...tasks.values()][0]), { role: 'anon' }, sql)).rejects.toMatchObject({ code: '42501' })
    await expect(watch(only([...tasks.values()][0]), { role: 'authenticated' }, sql)).rejects.toMatchObject({
      code: '42501',
    })
  })

  test('and who watches is on a list that users can neither read nor write', async () => {
    const user = { role: 'authenticated', sub: crypto.randomUUID() } as const
    for (const statement of ['select * from', 'delete from'])
      await expect(as(sql, user, tx => tx.unsafe(`${statement} worker.watchers`))).rejects.toMatchObject({
        code: '42501',
      })
  })
})
