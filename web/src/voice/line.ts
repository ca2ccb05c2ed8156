import { OpenAIRealtimeWebRTC, OpenAIRealtimeWebSocket, RealtimeSession } from '@openai/agents/realtime'
import type { ModerationDecision, SessionInitPayload } from '../../../shared/scenario-results.ts'
import { agentsOf, type RunTool } from './agents.ts'
import { gatherTools } from './gather-tools.ts'
import type { SoundDesk } from './sound/sound-desk.ts'
import type { Message } from './transcript.ts'

/** An event of the provider's protocol. */
export type WireEvent = { type: string } & Record<string, unknown>

/** What a line is made with. */
export type LineOptions = {
  payload: SessionInitPayload
  /** Who is to answer: the root, or whoever did when the line broke. */
  speaker: string
  sound: SoundDesk
  runTool: RunTool
  moderate: (text: string) => Promise<ModerationDecision>
  /** Whether the agents are to keep silent, since a person answers in their place. */
  isSilent: () => boolean
  onEvent: (way: 'sent' | 'received', event: WireEvent) => void
  onSwitch: (from: string, to: string) => void
  onWithheld: (itemId: string, categories: string[]) => void
  onSilence: () => void
  /** Something went wrong in the page's own part of it. */
  onFault: (error: Error) => void
  /** It has ended, by whomever. */
  onEnd: () => void
}

/** What a tool gave when nobody waited for it any more. */
export type LateResult = { name: string; args: unknown; output: string }

/** An open line to the model. */
export type Line = Awaited<ReturnType<typeof openLine>>

/** What was said has to be checked first, and who speaks is not spoken over. */
const DETECTION = { type: 'server_vad', create_response: false, interrupt_response: true } as const

/** What is checked of an answer at a time, in characters. */
const CHECKED_AT_ONCE = 300

/**
 * Calls the model: by WebRTC at the provider, by WebSocket where the payload names one. Resolves when it is there; whether
 * it takes the key shows in the events. @throws when it cannot be reached
 */
export async function openLine(options: LineOptions) {
  const { payload, speaker, sound, onEvent } = options
  const agents = agentsOf(payload, options.runTool)
  const first = agents.get(speaker) ?? agents.get(payload.root_agent)
  if (!first) throw new Error('The root agent is not among the agents.')
  const transport = payload.url ? new OpenAIRealtimeWebSocket() : webRtc(sound)
  const send = transport.sendEvent.bind(transport)
  transport.sendEvent = event => {
    onEvent('sent', event)
    send(event)
  }
  // The SDK asks for an answer after each text and each tool, too.
  const request = transport.requestResponse.bind(transport)
  transport.requestResponse = response => {
    if (!options.isSilent()) request(response)
  }
  // Whoever talks says when the turn is over, by letting go of the button. The SDK sends it again with each change of agent.
  const input: { turnDetection: typeof DETECTION | null } = { turnDetection: null }
  const tools = gatherTools(transport)
  const session = new RealtimeSession(first, {
    transport,
    model: payload.model,
    config: { audio: { input } },
    outputGuardrails: payload.guardrails.output ? [guardrailOf(options)] : [],
    outputGuardrailSettings: { debounceTextLength: CHECKED_AT_ONCE },
    tracingDisabled: true,
  })
  let isAnswering = false
  let isHeard = false
  session.on('transport_event', event => {
    if (event.type === 'response.created') [isAnswering, isHeard] = [true, false]
    if (event.type === 'response.output_audio.delta') isHeard = true
    if (event.type === 'response.done') isAnswering = false
    tools.follow(event as WireEvent)
    onEvent('received', event as WireEvent)
    // Asked for before the person came, and begun only now.
    if (event.type === 'response.created' && options.isSilent()) transport.sendEvent({ type: 'response.cancel' })
  })
  session.on('agent_handoff', (_context, from, to) => options.onSwitch(from.name, to.name))
  session.on('audio', ({ data }) => sound.play(data))
  session.on('audio_interrupted', options.onSilence)
  session.on('guardrail_tripped', (_context, _agent, error, { itemId }) =>
    options.onWithheld(itemId, categoriesIn(error.result.output.outputInfo)),
  )
  // Those of the provider have come as events already.
  session.on('error', ({ error }) => error instanceof Error && options.onFault(error))
  transport.on('connection_change', status => status === 'disconnected' && options.onEnd())
  await session.connect({ apiKey: payload.client_secret.value, ...(payload.url && { url: payload.url }) })
  if (payload.url) await sound.listen(pcm => session.sendAudio(pcm))

  return {
    say(text: string): void {
      tools.forget()
      session.sendMessage(text)
    },
    /** Forgets what the microphone has heard until now. */
    clear: () => transport.sendEvent({ type: 'input_audio_buffer.clear' }),
    /** Makes an item of what was said since then; nobody answers before `answer`. */
    commit: () => transport.sendEvent({ type: 'input_audio_buffer.commit' }),
    /** Whether the model is to find out by itself when a turn is over; it still does not answer before `answer`. */
    detectTurns(isOn: boolean): void {
      input.turnDetection = isOn ? DETECTION : null
      const audio = { input: { turn_detection: input.turnDetection } }
      transport.sendEvent({ type: 'session.update', session: { type: 'realtime', audio } })
    },
    answer(): void {
      tools.forget()
      transport.requestResponse()
    },
    forget: (itemId: string) => transport.sendEvent({ type: 'conversation.item.delete', item_id: itemId }),
    interrupt(): void {
      // On a socket the SDK stops only what sounds already.
      if (payload.url && isAnswering && !isHeard) transport.sendEvent({ type: 'response.cancel' })
      else session.interrupt()
    },
    async switchTo(name: string): Promise<void> {
      const agent = agents.get(name)
      if (agent && session.currentAgent !== agent) await session.updateAgent(agent)
    },
    /** Tells the model what was said by somebody else; nobody answers. */
    add: ({ id, role, text }: Message) => {
      const content = [{ type: role === 'user' ? 'input_text' : 'output_text', text }]
      transport.sendEvent({ type: 'conversation.item.create', item: { id, type: 'message', role, content } })
    },
    /** Tells the model what a tool has given at last: as if it had called it just now, since its call has had an answer. */
    report: ({ name, args, output }: LateResult) => {
      const call_id = `call_${crypto.randomUUID().slice(0, 18)}`
      const call = { type: 'function_call', name, call_id, arguments: JSON.stringify(args) }
      transport.sendEvent({ type: 'conversation.item.create', item: call })
      transport.sendEvent({
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id, output },
      })
    },
    /** Tells the model what was said before it was called. */
    remind: (messages: readonly Message[]) => session.updateHistory(messages.map(itemOf)),
    close: () => session.close(),
  }
}

/** With a stream of our own, so that the provider can be called before anybody has opened the microphone, or without. */
function webRtc(sound: SoundDesk): OpenAIRealtimeWebRTC {
  const audioElement = document.createElement('audio')
  // Chromium moves a remote stream only while some element plays it; what is heard comes over the desk.
  audioElement.muted = true
  return new OpenAIRealtimeWebRTC({
    mediaStream: sound.outgoing,
    audioElement,
    changePeerConnection(connection) {
      connection.addEventListener('track', ({ track }) => sound.hear(new MediaStream([track])))
      return connection
    },
  })
}

function guardrailOf({ moderate }: LineOptions) {
  return {
    name: 'moderation',
    policyHint: 'The answer is not allowed here',
    async execute({ agentOutput }: { agentOutput: string }) {
      const { action, categories } = await moderate(agentOutput)
      return { tripwireTriggered: action === 'block', outputInfo: { categories } }
    },
  }
}

function categoriesIn(info: unknown): string[] {
  const { categories } = (info ?? {}) as { categories?: unknown }
  return Array.isArray(categories) ? categories.map(String) : []
}

function itemOf({ id, role, text }: Message) {
  const status = 'completed' as const
  return role === 'user'
    ? { itemId: id, type: 'message' as const, role, status, content: [{ type: 'input_text' as const, text }] }
    : { itemId: id, type: 'message' as const, role, status, content: [{ type: 'output_text' as const, text }] }
}
