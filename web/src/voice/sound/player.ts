import { pcmRate, samplesOf } from './pcm.ts'

/** Plays pieces of sound one after the other as they come in. `onChange` tells when it begins and when all has been heard. */
export function createPlayer(out: AudioNode, onChange: (isPlaying: boolean) => void) {
  const { context } = out
  const playing = new Set<AudioBufferSourceNode>()
  let end = 0
  return {
    play(pcm: ArrayBuffer): void {
      const samples = samplesOf(pcm)
      if (samples.length === 0) return
      const buffer = context.createBuffer(1, samples.length, pcmRate)
      buffer.copyToChannel(samples, 0)
      const source = new AudioBufferSourceNode(context, { buffer })
      source.connect(out)
      source.onended = () => {
        if (playing.delete(source) && playing.size === 0) onChange(false)
      }
      end = Math.max(end, context.currentTime)
      source.start(end)
      end += buffer.duration
      playing.add(source)
      if (playing.size === 1) onChange(true)
    },
    /** Silence, at once. */
    stop(): void {
      if (playing.size === 0) return
      for (const source of playing) source.stop()
      playing.clear()
      end = 0
      onChange(false)
    },
  }
}
