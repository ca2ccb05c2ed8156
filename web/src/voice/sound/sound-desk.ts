import { openMicrophone } from './microphone.ts'
import { pcmOf } from './pcm.ts'
import { createPlayer } from './player.ts'
import { record } from './recording.ts'

//   microphone ──▶ own ──┬──▶ outgoing (WebRTC) or pieces of PCM (WebSocket)
//   (while talking)      ├──▶ mix ──▶ recording
//   assistant ──▶ voice ─┴──▶ loudspeaker (unless silenced)

/** The sound of one call: both ways, and what is recorded of it. Must be opened by a click: browsers want one. */
export type SoundDesk = ReturnType<typeof openSoundDesk>

/** Opens the desk. The microphone stays closed until somebody talks. */
export function openSoundDesk(on: { speaking: (isSpeaking: boolean) => void }) {
  const context = new AudioContext()
  const [own, voice, loudspeaker] = [context.createGain(), context.createGain(), context.createGain()]
  const [mix, outgoing] = [context.createMediaStreamDestination(), context.createMediaStreamDestination()]
  own.connect(mix)
  own.connect(outgoing)
  voice.connect(mix)
  voice.connect(loudspeaker).connect(context.destination)
  own.gain.value = 0
  void context.resume()
  const recording = record(mix.stream)
  const player = createPlayer(voice, on.speaking)
  let microphone: MediaStream | undefined

  const setTalking = (isTalking: boolean) => {
    own.gain.value = isTalking ? 1 : 0
    for (const track of microphone?.getTracks() ?? []) track.enabled = isTalking
  }
  return {
    play: player.play,
    stopPlaying: player.stop,
    recording,
    /** What is said, as a stream: silent while nobody talks. */
    outgoing: outgoing.stream,
    /** What the other side says, where it comes as a stream. */
    hear: (stream: MediaStream) => context.createMediaStreamSource(stream).connect(voice),
    /** What is said, in pieces of the provider's form. */
    async listen(onPiece: (pcm: ArrayBuffer) => void): Promise<void> {
      await context.audioWorklet.addModule(new URL('./microphone-worklet.js', import.meta.url))
      const ear = new AudioWorkletNode(context, 'microphone')
      ear.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
        if (own.gain.value > 0) onPiece(pcmOf(data, context.sampleRate))
      }
      // It says nothing, but what leads nowhere may not be run.
      own.connect(ear).connect(context.destination)
    },
    /** @throws MicrophoneError */
    async startTalking(): Promise<void> {
      if (!microphone) {
        microphone = await openMicrophone()
        context.createMediaStreamSource(microphone).connect(own)
      }
      setTalking(true)
    },
    stopTalking: () => setTalking(false),
    silence: (isSilenced: boolean) => {
      loudspeaker.gain.value = isSilenced ? 0 : 1
    },
    close(): void {
      player.stop()
      recording?.stop()
      for (const track of microphone?.getTracks() ?? []) track.stop()
      void context.close()
    },
  }
}
