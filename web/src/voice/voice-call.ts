import { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import type { SessionInitPayload } from '../../../shared/scenario-results.ts'
import type { Line, WireEvent } from './line.ts'
import { keepMinutes } from './minutes.ts'
import { beginSession, type Choice, chooseScenario, executeTool, moderate, type PageContext } from './server.ts'
import { watchDecisions } from './session-rows.ts'
import { openSoundDesk } from './sound/sound-desk.ts'
import { saidIn, type ToolCall } from './transcript.ts'
import { createTurns } from './turns.ts'
import { untilWorthTrying } from './until-worth-trying.ts'
import type { VoiceStore } from './voice-store.ts'
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
  let reason: string | null = null
  let checks = 0
  const leave: (() => void)[] = [() => sound.close()]

  const turns = createTurns({ store, sound, line: () => line, payload: () => payload })
  const unsubscribe = store.subscribe(() => minutes?.note(store.getSnapshot().entries))

  const onEvent = (way: 'sent' | 'received', event: WireEvent) => {
    if (signal.aborted) return
    store.log(way, event)
    const news = way === 'received' ? newsIn(event) : null
    if (!news) return
    store.apply(news)
    turns.follow(news)
  }
  const runTool = async (name: string, args: unknown, callId: string): Promise<string> => {
    const begun = { kind: 'tool', id: callId, name, arguments: args, state: 'running' } as const
    store.enter<ToolCall>('tool', callId, () => ({ ...begun, result: null, durationMs: null }))
    const sessionId = payload?.session_id ?? ''
    const { ok, result, durationMs } = await executeTool({ name, args, callId, sessionId })
    store.log('here', { type: 'tool', name, ok, durationMs })
    store.enter<ToolCall>('tool', callId, () => ({ ...begun, state: ok ? 'done' : 'failed', result, durationMs }))
    return JSON.stringify(result) ?? 'null'
  }
  const check = async (text: string) => {
    // The SDK asks of each answer, also of one that calls a tool or hands over without a word.
    if (text.trim() === '') return { flagged: false, action: 'allow' as const, categories: [] }
    checks += 1
    try {
      const decision = await moderate(text, 'output', { scenario_id: payload?.scenario_id ?? '' })
      store.log('here', { type: 'moderation', direction: 'output', ...decision })
      return decision
    } catch {
      // Stopped here and not by the SDK, which would ask the model for another answer, again and again.
      turns.interrupt()
      store.withholdLatest()
      store.notice('An answer was withheld, since it could not be checked.')
      return { flagged: false, action: 'allow' as const, categories: [] }
    } finally {
      checks -= 1
    }
  }
  const onSwitch = (from: string, to: string) => {
    const id = crypto.randomUUID()
    store.enter('switch', id, () => ({ kind: 'switch', id, from, to, reason }))
    store.put({ activeAgent: to })
    reason = null
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
      runTool,
      moderate: check,
      onEvent,
      onSwitch,
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
    const isFirst = !minutes
    choice = {
      scenarioId: scenario_id,
      rootAgent: root_agent,
      enterpriseId: choice?.enterpriseId ?? null,
      sessionId: session_id,
    }
    if (isFirst) {
      const kept = keepMinutes(session_id, () => checks > 0)
      const decisions = watchDecisions(session_id, decision => {
        store.log('here', { type: 'decision', ...decision })
        reason = decision.reason ?? null
        void line?.switchTo(decision.to_agent)
      })
      minutes = kept
      leave.push(decisions.stop, () => void kept.close())
    }
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
  }
  const connect = async (status: 'connecting' | 'reconnecting') => {
    store.put({ status, error: null, isThinking: false, isTalking: false })
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
    for (const step of leave) step()
    unsubscribe()
    store.put({ status: 'idle', isTalking: false, isThinking: false, isSpeaking: false })
  }
  void connect('connecting')
  return { ...turns, end, choice: () => choice, mute: sound.mute, recording: sound.recording }
}

function errorOf(cause: unknown): AgentTaskError {
  if (cause instanceof AgentTaskError) return cause
  return new AgentTaskError('internal', 'The call cannot be made: something here is broken. Reload the page.', {
    cause,
  })
}
