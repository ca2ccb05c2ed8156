import { describe, expect, it } from 'vitest'
import { withLine } from '../../../web/src/voice/log.ts'
import { pcmOf, samplesOf } from '../../../web/src/voice/sound/pcm.ts'
import { createVoiceStore } from '../../../web/src/voice/voice-store.ts'
import { newsIn } from '../../../web/src/voice/wire.ts'

const added = (role: string, part: object) => ({
  type: 'conversation.item.added',
  item: { id: 'i', type: 'message', role, content: [part] },
})
const part = { response_id: 'r', item_id: 'i' }
const done = (status: string, transcript?: string) => ({
  type: 'response.output_item.done',
  item: { id: 'i', type: 'message', role: 'assistant', status, content: [{ type: 'output_audio', transcript }] },
})

/** What a page shows after these events. */
function shownAfter(...events: Parameters<typeof newsIn>[0][]) {
  const store = createVoiceStore()
  for (const event of events) {
    const news = newsIn(event)
    if (news) store.apply(news)
  }
  return store
}

describe('the events of the provider', () => {
  it('make an answer grow, and end with its whole text', () => {
    const store = shownAfter(
      { type: 'response.output_audio_transcript.delta', ...part, delta: 'Good ' },
      { type: 'response.output_audio_transcript.delta', ...part, delta: 'mor' },
    )
    expect(store.find('i')).toMatchObject({ role: 'assistant', text: 'Good mor', state: 'writing' })
    const news = newsIn(done('completed', 'Good morning'))
    if (news) store.apply(news)
    expect(store.find('i')).toMatchObject({ text: 'Good morning', state: 'said' })
  })

  it('keep what was said before an answer was cut, though the provider forgets it', () => {
    const delta = { type: 'response.output_audio_transcript.delta', ...part, delta: 'Good ' }
    const store = shownAfter(delta, done('incomplete'), { type: 'conversation.item.truncated', ...part })
    expect(store.find('i')).toMatchObject({ text: 'Good ', state: 'cut' })
  })

  it('show that somebody speaks before the words are known', () => {
    const spoken = added('user', { type: 'input_audio', transcript: null })
    const store = shownAfter(spoken)
    expect(store.find('i')).toMatchObject({ role: 'user', text: '', isSpoken: true, state: 'writing' })
    const news = newsIn({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: 'i',
      transcript: ' Hello ',
    })
    if (news) store.apply(news)
    expect(store.find('i')).toMatchObject({ text: 'Hello', state: 'said' })
  })

  it('do not show what the SDK tells the model in the name of the user', () => {
    const text = '⚠️ Your last answer was blocked. \nFailed Guardrail Reason: …'
    expect(newsIn(added('user', { type: 'input_text', text }))).toBeNull()
  })

  it('cannot bring back what was withheld', () => {
    const store = shownAfter({ type: 'response.output_text.delta', ...part, delta: 'Bad' })
    store.withhold('i')
    const news = newsIn(done('completed', 'Bad words'))
    if (news) store.apply(news)
    expect(store.find('i')).toMatchObject({ state: 'withheld' })
    expect(store.find('i')?.text).not.toContain('words')
  })

  it.each([
    [{ type: 'conversation.item.added' }],
    [{ type: 'response.output_text.delta', delta: 3 }],
    [{ type: 'something.new' }],
    [{ type: 'response.output_item.done', item: { type: 'function_call' } }],
  ])('mean nothing where they are not as documented: %j', event => {
    expect(newsIn(event)).toBeNull()
  })
})

describe('the log', () => {
  it('leaves out sound and whole instructions', () => {
    const session = { instructions: 'Secret of the shop', voice: 'alloy' }
    const log = withLine(withLine([], 'sent', { type: 'input_audio_buffer.append', audio: 'AAAA' }), 'received', {
      type: 'session.updated',
      session,
    })
    expect(log).toMatchObject([{ type: 'session.updated', detail: { session: { voice: 'alloy' } } }])
    expect(JSON.stringify(log)).not.toContain('Secret')
  })

  it('keeps the latest', () => {
    const log = Array.from({ length: 500 }).reduce<ReturnType<typeof withLine>>(
      lines => withLine(lines, 'here', { type: 'tick' }),
      [],
    )
    expect(log).toHaveLength(400)
  })
})

describe('the sound', () => {
  it('comes down to the provider’s rate, and back to what it was', () => {
    const samples = Float32Array.from({ length: 480 }, (_, at) => Math.sin(at / 20) / 2)
    const back = samplesOf(pcmOf(samples, 48_000))
    expect(back).toHaveLength(240)
    for (const [at, sample] of back.entries()) expect(sample).toBeCloseTo(samples[at * 2] ?? 0, 3)
  })

  it('is bounded, not wrapped around', () => {
    expect([...new Int16Array(pcmOf(Float32Array.of(2, -2), 24_000))]).toEqual([32_767, -32_767])
  })
})
