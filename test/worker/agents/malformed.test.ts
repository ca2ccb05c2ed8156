import { describe, expect, it } from 'vitest'
import { setScene } from '../arrange.ts'
import { ask, deltasOf, perform, roomWithProvider, stepsOf, takeOver, textOf } from './arrange.ts'
import { begin, sendHead } from './provider.ts'

const scene = await setScene()
const fast = { timeoutSeconds: 5 }

describe('an answer', () => {
  it('that is no event stream gives malformed_output', async () => {
    const garbage = (response: Parameters<typeof sendHead>[0]) => {
      sendHead(response)
      response.end('event: response.created\ndata: {"type": "response.crea\n\n<html>Bad gateway</html>\n\n')
    }
    const room = await roomWithProvider(scene, [garbage], fast)
    expect((await ask(scene, room, 'Hello')).result).toMatchObject({ code: 'malformed_output', retry: true })
  })

  it('that is a page of HTML gives malformed_output', async () => {
    const page = (response: Parameters<typeof sendHead>[0]) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html><body>Sign in to continue</body></html>')
    }
    const room = await roomWithProvider(scene, [page], fast)
    expect((await ask(scene, room, 'Hello')).result).toMatchObject({ code: 'malformed_output', retry: true })
  })

  it('that ends before it is complete gives malformed_output', async () => {
    const hangUp = (response: Parameters<typeof begin>[0]) => {
      begin(response, 'It sca')
      response.end()
    }
    const room = await roomWithProvider(scene, [hangUp], fast)
    const { held, result } = await ask(scene, room, 'Hello')
    expect(result).toMatchObject({ code: 'malformed_output', retry: true })
    expect((await stepsOf(scene, held.task)).map(step => step.kind)).toEqual(['retry', 'retry'])
  })

  it('without any output gives malformed_output and is not asked for over and over', async () => {
    const room = await roomWithProvider(scene, [{}], fast)
    expect((await ask(scene, room, 'Hello')).result).toMatchObject({ code: 'malformed_output' })
    expect(room.provider.calls.length).toBeLessThanOrEqual(3)
  })

  it('that is malformed is asked for anew by the next attempt', async () => {
    const room = await roomWithProvider(scene, [{}, {}, {}, { text: 'Here I am.' }], fast)
    let { held, result } = await ask(scene, room, 'Hello')
    for (let n = 0; n < 3 && (result as { kind?: string }).kind !== 'completed'; n++) {
      held = await takeOver(scene, room, held)
      result = await perform(room, held).catch((error: unknown) => error)
    }
    expect(result).toEqual({ kind: 'completed', response: { answer: 'Here I am.' } })
    expect(textOf(await deltasOf(scene, held.task))).toBe('Here I am.')
  })

  it('of nothing but an empty text is an answer', async () => {
    const room = await roomWithProvider(scene, [{ text: '' }], fast)
    const { result } = await ask(scene, room, 'Hello')
    expect([
      { kind: 'completed', response: { answer: '' } },
      expect.objectContaining({ code: 'malformed_output' }),
    ]).toContainEqual(result)
  })
})

describe('a tool call', () => {
  const call = (name: string, args: string) => ({ calls: [{ name, args }] })

  it('of a tool that does not exist is counted and told to the model, which may answer all the same', async () => {
    const room = await roomWithProvider(scene, [call('launch_rocket', '{}'), { text: 'I cannot.' }], fast)
    expect((await ask(scene, room, 'Launch')).result).toMatchObject({ response: { answer: 'I cannot.' } })
    expect(JSON.stringify(room.provider.calls[1])).toMatch(/launch_rocket.*not found/i)
    const refused = room.told.of('toolRefused').map(([, told]) => told)
    expect(refused).toEqual([expect.objectContaining({ tool: 'unknown', reason: 'not_offered' })])
  })

  it('with arguments that are no JSON is told to the model', async () => {
    const room = await roomWithProvider(scene, [call('calculate', '{"expression": '), { text: 'Sorry.' }], fast)
    expect((await ask(scene, room, 'Compute')).result).toMatchObject({ response: { answer: 'Sorry.' } })
    expect(JSON.stringify(room.provider.calls[1])).toMatch(/error occurred/i)
  })

  it('with arguments of the wrong shape is told to the model', async () => {
    const room = await roomWithProvider(scene, [call('calculate', '{"formula": 1}'), { text: 'Sorry.' }], fast)
    expect((await ask(scene, room, 'Compute')).result).toMatchObject({ response: { answer: 'Sorry.' } })
  })

  it('with arguments nested too deeply ends the task instead of holding its slot for ever', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const room = await roomWithProvider(scene, [call('calculate', deep), { text: 'Sorry.' }], fast)
    const { result } = await ask(scene, room, 'Compute')
    expect(result).toBeDefined()
  }, 10_000)

  it('without end is stopped after the number of turns that agents may take', async () => {
    const room = await roomWithProvider(scene, [call('calculate', '{"expression":"1+1"}')], fast)
    const { result } = await ask(scene, room, 'Compute')
    expect(result).toMatchObject({ code: 'max_turns_exceeded', retry: false })
    expect(room.provider.calls).toHaveLength(20)
  })
})
