import { createContext } from 'react'
import type { PageContext } from './server.ts'
import { makeCall, type VoiceCall } from './voice-call.ts'
import { idle } from './voice-state.ts'
import { createVoiceStore } from './voice-store.ts'

/** What is done with the page's call. */
export type Manager = ReturnType<typeof createManager>

/** Provided by `RealtimeProvider`. */
export const ManagerContext = createContext<Manager | null>(null)

/** A manager of one call at a time. */
export function createManager() {
  const store = createVoiceStore()
  let call: VoiceCall | undefined
  const isOn = () => ['connecting', 'live', 'reconnecting'].includes(store.getSnapshot().status)
  return {
    store,
    /** Begins a call, or goes on with one that was given up. */
    connect(page: PageContext): void {
      if (isOn()) return
      const { status, activeAgent, isSilenced } = store.getSnapshot()
      const held = status === 'failed' ? call?.choice() : undefined
      const known = held?.sessionId ? { ...held, rootAgent: activeAgent } : undefined
      if (!known) store.put({ ...idle, isSilenced })
      call = makeCall(store, page, known)
      call.silence(isSilenced)
    },
    disconnect: () => call?.end(),
    sendUserText: async (text: string) => (await call?.sendUserText(text)) ?? false,
    startPTT: () => void call?.startPTT(),
    stopPTT: () => call?.stopPTT(),
    interrupt: () => call?.interrupt(),
    /** Leaves the microphone open, so that one talks without holding a button; or closes it again. */
    setHandsFree: (isHandsFree: boolean) => void call?.setHandsFree(isHandsFree),
    /** Mutes the open microphone. */
    mute: (isMuted: boolean) => void call?.mute(isMuted),
    /** Silences the assistant's voice; its words go on. */
    silence(isSilenced: boolean): void {
      call?.silence(isSilenced)
      store.put({ isSilenced })
    },
    /** What was heard of both sides until now, as a file. */
    async downloadRecording(): Promise<void> {
      const recording = call?.recording
      if (recording) save(await recording.soFar(), `conversation-${stamp()}.${recording.extension}`)
    },
  }
}

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-')
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // Once the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
