import { randomUUID } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { cancelAgentTask } from '../../shared/client/cancel-agent-task.ts'
import { retryAgentTask } from '../../shared/client/retry-agent-task.ts'
import { insertAgentTask } from '../../shared/client/submit-agent-task.ts'
import type { Supabase } from '../../shared/client/supabase.ts'
import { watchTask } from '../../shared/client/watch-task.ts'
import type { Database } from '../../shared/database.types.ts'
import { type Step, taskTopic } from '../../shared/deltas.ts'
import { startWithPeople } from './people.ts'
import { until } from './until.ts'
import { holdTask, text } from './worker-by-hand.ts'

const { stack, ada, eve } = await startWithPeople()

async function ask(prompt = 'What time is it?') {
  return await insertAgentTask(ada.client, { prompt })
}

/** Ada's client, whose first reading of a task is answered at once and arrives when the test lets it. */
async function slowReader() {
  const late = Promise.withResolvers<void>()
  let isFirst = true
  const slowly: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    if (!isFirst || init?.method === 'POST' || !String(input).includes('/rest/v1/agent_task_requests')) return response
    isFirst = false
    await late.promise
    return response
  }
  const client = createClient<Database>(stack.url, stack.anonKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: slowly },
  })
  onTestFinished(() => client.realtime.disconnect().then(() => undefined))
  const { error } = await client.auth.signInWithPassword(ada)
  if (error) throw error
  return { client, release: late.resolve }
}

function watch(supabase: Supabase, taskId: string) {
  const feed = watchTask(supabase, taskId)
  onTestFinished(feed.close)
  return feed
}

const clock: Step = {
  key: 'tool:/1',
  kind: 'tool',
  agent: 'Helper',
  name: 'now',
  status: 'started',
  input: { tz: 'UTC' },
}

describe('a task that is watched', () => {
  test('shows its state, its text, its steps and its answer as they come', async () => {
    const { id } = await ask()
    const feed = watch(ada.client, id)
    await until(feed, view => view.connection === 'live' && view.task?.status === 'pending')

    const held = await holdTask(stack, id)
    await until(feed, view => view.task?.status === 'processing')
    await held.say([{ seq: 1, kind: 'agent', step_key: '', data: { name: 'Helper' } }, text(2, 'It is ')])
    await until(feed, view => view.text === 'It is ' && view.agent === 'Helper')
    await held.say([{ seq: 3, kind: 'step', step_key: clock.key, data: clock }])
    await until(feed, view => view.steps[0]?.status === 'started')
    await held.record([{ ...clock, status: 'done', output: 'noon' }])
    await held.settle('completed', { response: { answer: 'It is noon.' } })

    const done = await until(feed, view => view.task?.status === 'completed' && view.steps[0]?.status === 'done')
    expect(done).toMatchObject({ text: 'It is noon.', steps: [{ ...clock, status: 'done', output: 'noon' }] })
  })

  test('does not go back in time when an old reading comes late', async () => {
    const { id } = await ask()
    const { client, release } = await slowReader()
    const feed = watch(client, id)
    const versions: number[] = []
    feed.subscribe(() => versions.push(feed.getSnapshot().task?.version ?? 0))
    const held = await holdTask(stack, id)
    // Said again until the channel is joined and rows are listened to, which only the reading would tell.
    await vi.waitFor(
      async () => {
        await held.say([text(1, 'It is ')])
        await stack.sql`update agent_task_requests set updated_at = now() where id = ${id}`
        expect(feed.getSnapshot()).toMatchObject({ text: 'It is ', task: { status: 'processing' } })
      },
      { timeout: 10_000 },
    )
    await held.settle('completed', { response: { answer: 'It is noon.' } })
    await until(feed, view => view.task?.status === 'completed')
    release()
    await until(feed, view => view.connection === 'live')
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    expect(feed.getSnapshot()).toMatchObject({ text: 'It is noon.', task: { status: 'completed' } })
  })

  test('shows text that is only broadcast, before any reading of the rows', async () => {
    const { id } = await ask()
    const feed = watch(ada.client, id)
    const held = await holdTask(stack, id)
    await until(feed, view => view.connection === 'live' && view.task?.status === 'processing')
    await held.say([text(1, 'heard')], { rows: false })
    await until(feed, view => view.text === 'heard')
  })

  test('that is opened in mid-answer begins with the text so far and goes on without gap or repeat', async () => {
    const { id } = await ask()
    const held = await holdTask(stack, id)
    await held.say([text(1, 'one '), text(2, 'two ')])
    const feed = watch(ada.client, id)
    const first = await until(feed, view => view.text !== '')
    expect(first.text).toBe('one two ')
    await until(feed, view => view.connection === 'live')
    await held.say([text(3, 'three')])
    await until(feed, view => view.text === 'one two three')
  })

  test('fills a gap in the broadcast from the rows', async () => {
    const { id } = await ask()
    const feed = watch(ada.client, id)
    const held = await holdTask(stack, id)
    await until(feed, view => view.connection === 'live' && view.task?.status === 'processing')
    await held.say([text(1, 'one ')])
    await until(feed, view => view.text === 'one ')
    await held.say([text(2, 'two ')], { broadcast: false })
    await held.say([text(3, 'three')])
    await until(feed, view => view.text === 'one two three')
  })

  test('pages through more text than one answer of the database holds', async () => {
    const { id } = await ask()
    const held = await holdTask(stack, id)
    const words = Array.from({ length: 6_789 }, (_, at) => `${at} `)
    await held.say(
      words.map((word, at) => text(at + 1, word)),
      { broadcast: false },
    )
    await until(watch(ada.client, id), view => view.text === words.join(''))
  })

  test('comes to life again by a retry, without the text of its first life', async () => {
    const { id } = await ask()
    const feed = watch(ada.client, id)
    const first = await holdTask(stack, id)
    await first.say([text(1, 'half an ans')])
    await until(feed, view => view.text === 'half an ans')
    await first.settle('failed', { error: { code: 'provider', message: 'It broke.', retryable: true } })
    const failed = await until(feed, view => view.task?.status === 'failed')
    expect(failed).toMatchObject({ text: 'half an ans', task: { error: { code: 'provider' } } })

    await retryAgentTask(ada.client, id)
    const again = await until(feed, view => view.task?.life === 2)
    expect(again).toMatchObject({ text: '', task: { status: 'pending' } })
    const second = await holdTask(stack, id)
    await second.say([text(1, 'anew')])
    await until(feed, view => view.text === 'anew')
  })

  test('can be cancelled while it waits and is told to stop while it runs', async () => {
    const waiting = await ask()
    expect(await cancelAgentTask(ada.client, waiting.id)).toMatchObject({ status: 'cancelled' })
    const { id } = await ask()
    const feed = watch(ada.client, id)
    const held = await holdTask(stack, id)
    await cancelAgentTask(ada.client, id)
    await until(feed, view => view.task?.status === 'processing' && view.task.cancel_requested_at !== null)
    await held.settle('cancelled', { response: { answer: 'so far' } })
    await until(feed, view => view.task?.status === 'cancelled' && view.text === 'so far')
  })
})

describe('a watcher', () => {
  test('goes on where it was after its socket was cut, with what happened meanwhile', async () => {
    const { id } = await ask()
    const feed = watch(ada.client, id)
    const held = await holdTask(stack, id)
    await until(feed, view => view.connection === 'live')
    await held.say([text(1, 'before ')])
    await until(feed, view => view.text === 'before ')

    stack.realtime.cutSockets()
    await until(feed, view => view.connection === 'polling')
    await held.say([text(2, 'meanwhile ')])
    await until(feed, view => view.text === 'before meanwhile ')
    await until(feed, view => view.connection === 'live')
    await held.say([text(3, 'after')], { rows: false })
    await until(feed, view => view.text === 'before meanwhile after')
  })

  test('that starts with the page joins as its user, not as a stranger', async () => {
    const { id } = await ask()
    const shelf = new Map<string, string>()
    const storage = {
      getItem: (key: string) => shelf.get(key) ?? null,
      setItem: (key: string, value: string) => void shelf.set(key, value),
      removeItem: (key: string) => void shelf.delete(key),
    }
    const openPage = () =>
      createClient<Database>(stack.url, stack.anonKey, { auth: { storage, autoRefreshToken: false } })
    const { email, password } = ada
    await openPage().auth.signInWithPassword({ email, password })

    const page = openPage()
    onTestFinished(async () => void (await page.realtime.disconnect()))
    const connections: string[] = []
    const feed = watch(page, id)
    feed.subscribe(() => connections.push(feed.getSnapshot().connection))
    await until(feed, view => view.connection === 'live')
    expect(connections).not.toContain('polling')
  })

  test('makes a channel anew that the server has closed', async () => {
    const { id } = await ask()
    const feed = watch(ada.client, id)
    await until(feed, view => view.connection === 'live')
    stack.realtime.closeChannel(taskTopic(id))
    await until(feed, view => view.connection === 'polling')
    await until(feed, view => view.connection === 'live')
    const held = await holdTask(stack, id)
    await held.say([text(1, 'still here')], { rows: false })
    await until(feed, view => view.text === 'still here')
  })

  test('who may not see the task hears nothing, and is told no more than that it is missing', async () => {
    const { id } = await ask()
    const own = watch(ada.client, id)
    const feed = watch(eve.client, id)
    await until(feed, view => view.missing)
    const held = await holdTask(stack, id)
    await held.say([text(1, 'a secret')])
    await held.settle('completed', { response: { answer: 'a secret' } })
    await until(own, view => view.task?.status === 'completed')
    expect(feed.getSnapshot()).toMatchObject({ missing: true, task: null, text: '', steps: [] })
    expect(feed.getSnapshot().connection).not.toBe('live')
  })

  test('of a task that does not exist is told that it is missing', async () => {
    await until(watch(ada.client, randomUUID()), view => view.missing)
  })

  test('shares its channel with others of the same task, until the last one goes', async () => {
    const { id } = await ask()
    const one = watch(ada.client, id)
    const other = watch(ada.client, id)
    await until(other, view => view.connection === 'live')
    const channels = () => ada.client.getChannels().filter(({ topic }) => topic.endsWith(id))
    expect(channels()).toHaveLength(1)
    expect(one.getSnapshot()).toBe(other.getSnapshot())

    one.close()
    one.close()
    expect(channels()).toHaveLength(1)
    const held = await holdTask(stack, id)
    await held.say([text(1, 'for the other')], { rows: false })
    await until(other, view => view.text === 'for the other')
    expect(one.getSnapshot().text).toBe('for the other')
    other.close()
    expect(channels()).toHaveLength(0)
  })

  test('may leave and come back at once, as React does', async () => {
    const { id } = await ask()
    watchTask(ada.client, id).close()
    const feed = watch(ada.client, id)
    await until(feed, view => view.connection === 'live')
    const held = await holdTask(stack, id)
    await held.say([text(1, 'once')], { rows: false })
    await until(feed, view => view.text === 'once')
  })

  test('that has left is not called any more', async () => {
    const { id } = await ask()
    const stays = watch(ada.client, id)
    const leaves = watchTask(ada.client, id)
    let calls = 0
    leaves.subscribe(() => calls++)
    await until(stays, view => view.connection === 'live')
    leaves.close()
    const before = calls
    await holdTask(stack, id)
    await until(stays, view => view.task?.status === 'processing')
    expect(calls).toBe(before)
  })
})

test('whatever is cut or lost on the way, every watcher ends with the whole text', async () => {
  const watched = []
  for (let at = 0; at < 6; at++) {
    const { id } = await ask()
    watched.push({ at, feed: watch(ada.client, id), held: await holdTask(stack, id) })
  }
  const [first] = watched
  const words = Array.from({ length: 30 }, (_, at) => `${at + 1} `)
  for (const [before, word] of words.entries()) {
    const isLost = (at: number) => (before + at) % 3 === 0
    await Promise.all(watched.map(({ at, held }) => held.say([text(before + 1, word)], { broadcast: !isLost(at) })))
    if (before % 8 === 7) stack.realtime.cutSockets()
    // Every other outage is over before the next one begins.
    if (before % 16 === 7 && first) await until(first.feed, view => view.connection === 'live')
  }
  await Promise.all(watched.map(({ held }) => held.settle('completed', { response: {} })))
  const whole = words.join('')
  await Promise.all(
    watched.map(({ feed }) => until(feed, view => view.task?.status === 'completed' && view.text === whole)),
  )
})
