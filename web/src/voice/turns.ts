import type { SessionInitPayload } from '../../../shared/scenario-results.ts'
import type { Line } from './line.ts'
import { moderate } from './server.ts'
import { MicrophoneError } from './sound/microphone.ts'
import type { SoundDesk } from './sound/sound-desk.ts'
import type { VoiceStore } from './voice-store.ts'
import type { News } from './wire.ts'

type Options = {
  store: VoiceStore
  sound: SoundDesk
  line: () => Line | undefined
  payload: () => SessionInitPayload | undefined
}

/** Shorter than this nobody speaks. */
const LEAST_MS = 300

// The answer had ended by itself just then.
const HARMLESS = 'response_cancel_not_active'

/** The user's turns: written, spoken, and falling into an answer. What the scenario's guardrail blocks is not answered. */
export function createTurns({ store, sound, line, payload }: Options) {
  let wantsToTalk = false
  let since = 0

  /** Whether a text may go on. A block, and that nobody could tell, is told. */
  const mayPass = async (text: string): Promise<boolean> => {
    const session = payload()
    if (!session?.guardrails.input) return true
    try {
      const decision = await moderate(text, 'input', session)
      store.log('here', { type: 'moderation', direction: 'input', ...decision })
      if (decision.action === 'allow') return true
      store.notice(`This was not sent on: ${decision.categories.join(', ') || 'not allowed here'}.`, {
        isGuardrail: true,
      })
    } catch {
      store.notice('This was not sent on, since it could not be checked. Try again.')
    }
    return false
  }
  const interrupt = () => {
    const { isThinking, isSpeaking } = store.getSnapshot()
    if (isThinking || isSpeaking) line()?.interrupt()
    sound.stopPlaying()
  }
  const hearOut = async (id: string, text: string) => {
    if (text && (await mayPass(text))) return line()?.answer()
    line()?.forget(id)
    // An open microphone takes noise for speech now and then.
    if (!text && store.getSnapshot().isHandsFree) return store.drop(id)
    if (!text) store.notice('Nothing could be understood. Say it again, or write it.')
    store.withhold(id)
  }
  const tooShort = () => store.notice('Hold the button for as long as you talk.')
  /** What was said until now is a turn. */
  const finish = () => {
    const { isHandsFree } = store.getSnapshot()
    line()?.commit()
    // With the microphone open it is answered as all that the model hears by itself.
    if (!isHandsFree && !payload()?.guardrails.input) line()?.answer()
  }
  return {
    interrupt,
    finish,
    /** Sends a text; resolves with whether it was taken. */
    async sendUserText(text: string): Promise<boolean> {
      if (store.getSnapshot().status !== 'live' || !(await mayPass(text))) return false
      interrupt()
      const open = line()
      open?.say(text)
      return open !== undefined
    },
    /** The button is held: the microphone opens, and an answer that is being given stops. */
    async startPTT() {
      const { status, isHandsFree } = store.getSnapshot()
      if (wantsToTalk || isHandsFree || status !== 'live') return
      wantsToTalk = true
      interrupt()
      try {
        await sound.startTalking()
        store.put({ microphoneProblem: null })
      } catch (error) {
        if (!(error instanceof MicrophoneError)) throw error
        wantsToTalk = false
        return store.put({ microphoneProblem: error.message })
      }
      const open = line()
      // Let go of while the browser opened the microphone, or asked for it.
      if (!wantsToTalk || !open) {
        sound.stopTalking()
        return open && tooShort()
      }
      open.clear()
      since = performance.now()
      store.put({ isTalking: true })
    },
    /** The button is let go of: what was said is answered. */
    stopPTT() {
      wantsToTalk = false
      if (!store.getSnapshot().isTalking) return
      sound.stopTalking()
      store.put({ isTalking: false })
      const open = line()
      if (performance.now() - since < LEAST_MS) {
        open?.clear()
        return tooShort()
      }
      finish()
    },
    /** Goes on by what the model tells. */
    follow(news: News): void {
      const { isHandsFree } = store.getSnapshot()
      if (news.is === 'committed' && isHandsFree && !payload()?.guardrails.input) line()?.answer()
      if (news.is === 'heard' && payload()?.guardrails.input) void hearOut(news.id, news.text)
      if (news.is === 'unheard' && payload()?.guardrails.input) void hearOut(news.id, '')
      if (news.is === 'answered' && news.problem) store.notice(`No answer: ${news.problem}`)
      if (news.is === 'error' && news.code !== HARMLESS) store.notice(`The model objects: ${news.message}`)
    },
  }
}
