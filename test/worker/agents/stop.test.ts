import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tool } from '@openai/agents'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { intercept, setScene, waitFor } from '../arrange.ts'
import { deltasOf, perform, roomWithProvider, stepsOf, take, takeOver, textOf } from './arrange.ts'
import { begin, send, textDelta } from './provider.ts'
import { runWith } from './run-with.ts'

const scene = await setScene()

/** A model that has said a few words and would go on. */
async function talking() {
  const at = Promise.withResolvers<{ response: ServerResponse; request: IncomingMessage }>()
  const room = await roomWithProvider(scene, [
    (response, request) => {
      begin(response, 'It sca', 'tters ')
      at.resolve({ response, request })
    },
  ])
  const held = await take(scene, room, { prompt: 'Why?' })
  const outcome = perform(room, held)
  const call = await at.promise
  await waitFor('the first words', async () => textOf(await deltasOf(scene, held.task)))
  return { room, held, outcome, ...call }
}

describe('a cancel', () => {
  it('closes the connection to the model, and keeps the text so far', async () => {
    const { held, outcome, response } = await talking()
    const closed = once(response, 'close')
    held.stop('cancel')
    expect(await outcome).toEqual({ kind: 'stopped', response: { answer: 'It scatters ', partial: true } })
    await closed
  })

  it('that came while the task was at work elsewhere is heard at the next write', async () => {
    const { held, outcome, response } = await talking()
    await scene.sql`update public.agent_task_requests set cancel_requested_at = now()`
    send(response, textDelta('blue '))
    expect(await outcome).toMatchObject({ kind: 'stopped', response: { partial: true } })
    expect(held.stops).toContain('cancel')
  })

  it('before the first word gives no answer', async () => {
    const called = Promise.withResolvers<void>()
    const room = await roomWithProvider(scene, [() => called.resolve()])
    const held = await take(scene, room, { prompt: 'Why?' })
    const outcome = perform(room, held)
    await called.promise
    held.stop('cancel')
    expect(await outcome).toEqual({ kind: 'stopped' })
  })

  it('does not wait for a tool that ignores it', async () => {
    const started = Promise.withResolvers<void>()
    const stubborn = tool({
      name: 'stubborn',
      description: 'Never ends.',
      parameters: z.object({}),
      execute: () => {
        started.resolve()
        return new Promise<string>(() => undefined)
      },
    })
    const room = await roomWithProvider(scene, [{ calls: [{ name: 'stubborn', args: '{}' }] }])
    const held = await take(scene, room, { prompt: 'Go' })
    const ended = runWith(room, held, { tools: [stubborn] }).catch(() => 'stopped')
    await started.promise
    held.stop('cancel')
    expect(await ended).toBe('stopped')
  }, 5_000)

  it('ends the pause before a repetition', async () => {
    const room = await roomWithProvider(scene, [
      response => {
        response.writeHead(503, { 'retry-after': '9' }) // Long enough to notice, short enough to be waited for here.
        response.end('{}')
      },
    ])
    const held = await take(scene, room, { prompt: 'Why?' })
    const outcome = perform(room, held)
    await room.told.until('modelRetried')
    held.stop('cancel')
    expect(await outcome).toMatchObject({ kind: 'stopped' })
  }, 5_000)
})

describe('an attempt', () => {
  it('that is told to stop before it begins asks no model', async () => {
    const room = await roomWithProvider(scene, [{ text: 'Hi.' }])
    const held = await take(scene, room, { prompt: 'Why?' })
    held.stop('shutdown')
    expect(await perform(room, held)).toEqual({ kind: 'stopped' })
    expect(room.provider.calls).toEqual([])
  })

  it('that loses its lease in mid-answer writes nothing more', async () => {
    const { room, held, outcome, response } = await talking()
    const thief = await takeOver(scene, room, held)
    const before = await deltasOf(scene, held.task)
    send(response, textDelta('blue '))
    await waitFor('the news', () => held.stops.includes('lost'))
    await outcome
    expect(await deltasOf(scene, thief.task)).toEqual(before)
    expect(await stepsOf(scene, thief.task)).toEqual([])
  })

  it('that has ended writes nothing more and stops nobody', async () => {
    const writes: string[] = []
    let over = false
    const { room, held, response } = await (async () => {
      const at = Promise.withResolvers<ServerResponse>()
      const db = intercept(scene.connect(), { before: name => void (over && writes.push(name)) })
      const room = await roomWithProvider(
        scene,
        [
          response => {
            begin(response, 'It sca')
            at.resolve(response)
          },
        ],
        { db },
      )
      const held = await take(scene, room, { prompt: 'Why?' })
      const outcome = perform(room, held)
      const response = await at.promise
      await waitFor('the first words', async () => textOf(await deltasOf(scene, held.task)))
      // Within the pause between two writes, so these words wait for the next.
      send(response, textDelta('tters'))
      await new Promise(resolve => setTimeout(resolve, 50))
      held.stop('cancel')
      expect(await outcome).toMatchObject({ response: { answer: 'It scatters' } })
      over = true
      return { room, held, response }
    })()
    response.destroy()
    // Longer than the stream waits between two writes.
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(writes).toEqual([])
    expect(held.stops).toEqual(['cancel'])
    expect(room.told.of('databaseFailed')).toEqual([])
  })
})
