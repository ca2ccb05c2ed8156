import type { Line } from './line.ts'
import { MicrophoneError } from './sound/microphone.ts'
import type { SoundDesk } from './sound/sound-desk.ts'
import type { VoiceStore } from './voice-store.ts'
import type { News } from './wire.ts'

type Options = {
  store: VoiceStore
  sound: SoundDesk
  line: () => Line | undefined
  /** Has what was said until now be a turn. */
  finish: () => void
}

/** The open microphone: the model hears by itself when somebody speaks and when that is a turn. It can be muted. */
export function createHandsFree({ store, sound, line, finish }: Options) {
  const open = async (): Promise<boolean> => {
    try {
      await sound.startTalking()
      store.put({ microphoneProblem: null })
      return true
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error
      store.put({ microphoneProblem: error.message })
      return false
    }
  }
  /** What was begun to be said is a turn; what was only heard is none. */
  const close = () => {
    sound.stopTalking()
    if (store.getSnapshot().isHeard) finish()
    else line()?.clear()
    store.put({ isHeard: false })
  }
  return {
    /** Changes between the open microphone and the button to hold. */
    async setHandsFree(isHandsFree: boolean): Promise<void> {
      const { status, isHandsFree: wasHandsFree } = store.getSnapshot()
      if (status !== 'live' || isHandsFree === wasHandsFree) return
      if (!isHandsFree) {
        close()
        line()?.detectTurns(false)
        return store.put({ isHandsFree, isMuted: false })
      }
      if (!(await open())) return
      line()?.clear()
      line()?.detectTurns(true)
      store.put({ isHandsFree, isMuted: false })
    },
    /** Closes the microphone and opens it again; one that opens only while a button is held needs no muting. */
    async mute(isMuted: boolean): Promise<void> {
      if (!store.getSnapshot().isHandsFree) return
      if (isMuted) close()
      else if (!(await open())) return
      store.put({ isMuted })
    },
    /** The line was made anew. */
    resume(): void {
      const { isHandsFree, isMuted } = store.getSnapshot()
      if (!isHandsFree) return
      line()?.detectTurns(true)
      if (!isMuted) void open()
    },
    /** Goes on by what the model tells. */
    follow(news: News): void {
      if (news.is === 'hearing' && store.getSnapshot().isHandsFree) store.put({ isHeard: news.isHearing })
    },
  }
}
