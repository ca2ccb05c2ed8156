import { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import type { SessionInitPayload } from '../../../shared/scenario-results.ts'
import { sessionNow } from '../hooks/use-session.ts'
import { createChecks } from './checks.ts'
import { createHandsFree } from './hands-free.ts'
import type { Line, WireEvent } from './line.ts'
import { keepMinutes } from './minutes.ts'
import { createPerson } from './person.ts'
import { beginSession, type Choice, chooseScenario, type PageContext } from './server.ts'
import { openSoundDesk } from './sound/sound-desk.ts'
import { createSwitches } from './switches.ts'
import { createTools } from './tools.ts'
import { saidIn } from './transcript.ts'
import { createTurns } from './turns.ts'
import { untilWorthTrying } from './until-worth-trying.ts'
import { atRest } from './voice-state.ts'
import type { VoiceStore } from './voice-store.ts'
import { type SessionWatch, watchSession } from './watch-session.ts'
import { newsIn } from './wire.ts'

/** A call that is being made or held. */
export type VoiceCall = ReturnType<typeof makeCall>

/** The model is reminded of so much of what was said when the line was made anew. */
const REMEMBERED = 20
/** Nobody waits longer than for these: about half a minute in all. */
const MOST_TRIES = 6

/**
 * Calls the model and keeps the line: a broken one is made anew, with a new key. Shows all in the store. Must be called by a
 * click, for the sake of the loudspeaker.
 *
 * @param known the conversation to go on with, where there is one
 */
export function makeCall(store: VoiceStore, page: PageContext, known: Choice | undefined) {
  const ended = new AbortController()
  const { signal } = ended
  const sound = openSoundDesk({ speaking: isSpeaking => store.put({ isSpeaking }) })
  let choice = known
  let line: Line | undefined
  let payload: SessionInitPayload | undefined
  let minutes: ReturnType<typeof keepMinutes> | undefined
  let watch: SessionWatch | undefined

  const turns = createTurns({ store, sound, line: () => line, payload: () => payload })
  const { interrupt, finish } = turns
  const handsFree = createHandsFree({ store, sound, line: () => line, finish })
  const person = createPerson({ store, line: () => line, interrupt })
  const checks = createChecks({ store, scenarioId: () => payload?.scenario_id, interrupt })
  const place = { store, sessionId: () => payload?.session_id, line: () => line, signal }
  const switches = createSwitches(place)
  const tools = createTools({
    ...place,
    onEscalated: escalation => watch?.learn(escalation),
  })
  const unsubscribe = store.subscribe(() => minutes?.note(store.getSnapshot().entries))

  const onEvent = (way: 'sent' | 'received', event: WireEvent) => {
    if (signal.aborted) return
    store.log(way, event)
    const news = way === 'received' ? newsIn(event) : null
    if (!news) return
    store.apply(news)
    turns.follow(news)
    handsFree.follow(news)
  }
  const tryOnce = async () => {
    const chosen = choice ?? (await chooseScenario(page, signal))
    choice = chosen
    // With it comes the Agents SDK, which only callers need.
    const { reach } = await import('./reach.ts')
    const made = await reach({
      getPayload: () => beginSession(chosen, signal),
      speakerOf: ({ root_agent }) => store.getSnapshot().activeAgent ?? root_agent,
      signal,
      sound,
      runTool: tools.run,
      moderate: checks.check,
      isSilent: () => store.getSnapshot().escalation !== null,
      onEvent,
      onSwitch: switches.note,
      onWithheld(itemId, categories) {
        store.withhold(itemId)
        store.notice(`An answer was withheld: ${categories.join(', ') || 'not allowed here'}.`, { isGuardrail: true })
      },
      onSilence: sound.stopPlaying,
      onFault: ({ message }) => store.log('here', { type: 'fault', message }),
      onEnd: () => void reconnect(),
    })
    // Hung up in the meantime.
    if (signal.aborted) return made.line.close()
    begin(made)
  }
  const begin = (made: { line: Line; payload: SessionInitPayload }) => {
    ;({ line, payload } = made)
    const { session_id, scenario_id, initial_agents, root_agent } = payload
    choice = {
      scenarioId: scenario_id,
      rootAgent: root_agent,
      enterpriseId: choice?.enterpriseId ?? null,
      sessionId: session_id,
    }
    minutes ??= keepMinutes(session_id, checks.areUnderWay)
    watch ??= watchSession({
      userId: sessionNow()?.user.id ?? '',
      sessionId: session_id,
      onDecision: switches.obey,
      onEscalation: person.follow,
      onAnswer: person.hear,
    })
    const said = saidIn(store.getSnapshot().entries).slice(-REMEMBERED)
    if (said.length > 0) line.remind(said)
    store.put({
      status: 'live',
      error: null,
      sessionId: session_id,
      scenarioId: scenario_id,
      agents: initial_agents.map(({ name, title }) => ({ name, title })),
      activeAgent: store.getSnapshot().activeAgent ?? root_agent,
      isRecorded: sound.recording !== undefined,
    })
    handsFree.resume()
    tools.resume()
  }
  const connect = async (status: 'connecting' | 'reconnecting') => {
    store.put({ status, error: null, isThinking: false, isTalking: false, isHeard: false })
    for (let tries = 1; !signal.aborted; tries += 1) {
      try {
        return await tryOnce()
      } catch (cause) {
        if (signal.aborted) return
        const error = errorOf(cause)
        store.log('here', { type: 'not connected', code: error.code, message: error.message })
        // At first somebody waits for it, and had better know; a key that ended on its way is worth a new one.
        const isOver = status === 'connecting' && (error.code !== 'key_refused' || tries > 1)
        if (isOver || !error.retryable || tries >= MOST_TRIES) return giveUp(error)
        await untilWorthTrying(error.code === 'key_refused' ? 0 : tries, signal)
      }
    }
  }
  const reconnect = async () => {
    if (!line) return
    line = undefined
    sound.stopPlaying()
    sound.stopTalking()
    if (signal.aborted) return
    store.log('here', { type: 'line lost' })
    await connect('reconnecting')
  }
  const giveUp = (error: AgentTaskError) => {
    end()
    store.put({ status: 'failed', error })
  }
  const end = () => {
    if (signal.aborted) return
    ended.abort()
    line?.close()
    watch?.stop()
    void minutes?.close()
    sound.close()
    unsubscribe()
    store.put({ status: 'idle', escalation: null, ...atRest })
  }
  void connect('connecting')
  const { setHandsFree, mute } = handsFree
  return { ...turns, setHandsFree, mute, end, choice: () => choice, silence: sound.silence, recording: sound.recording }
}

function errorOf(cause: unknown): AgentTaskError {
  if (cause instanceof AgentTaskError) return cause
  return new AgentTaskError('internal', 'The call cannot be made: something here is broken. Reload the page.', {
    cause,
  })
}
