// 16-bit PCM at 24 kHz, one channel: what the provider takes and gives unless told otherwise.
const RATE = 24_000
const BYTES_PER_SECOND = RATE * 2

/** A person says about sixteen characters a second. */
const MS_PER_CHARACTER = 60

/** A soft tone as long as saying the words takes, in base64: no speech, but something to hear, to record and to interrupt. */
export function toneFor(words: string): string {
  const samples = Math.round((RATE * words.length * MS_PER_CHARACTER) / 1000)
  const pcm = Buffer.alloc(samples * 2)
  for (let at = 0; at < samples; at += 1) {
    // It swells as syllables do, and is silent at both ends, so that pieces join without a click.
    const swell = Math.sin((Math.PI * at) / samples)
    pcm.writeInt16LE(Math.round(2_000 * swell * Math.sin((2 * Math.PI * 196 * at) / RATE)), at * 2)
  }
  return pcm.toString('base64')
}

/** Quieter than this, of 1, nobody speaks. */
const QUIET = 0.01

const PREFIX_SECONDS = 0.3

/** What has been said into the microphone since it was last taken, and whether somebody is speaking. */
export function createEar() {
  let bytes = 0
  let quietMs = 0
  let isHearing = false
  return {
    hear: (audio: string) => {
      bytes += Buffer.byteLength(audio, 'base64')
    },
    /** The same, telling when speech begins, and when it has ended with so long a silence. */
    detect(audio: string, silenceMs: number): 'started' | 'stopped' | null {
      const pcm = Buffer.from(audio, 'base64')
      bytes += pcm.length
      quietMs = loudnessOf(pcm) < QUIET ? quietMs + (1000 * pcm.length) / BYTES_PER_SECOND : 0
      const wasHearing = isHearing
      isHearing = isHearing ? quietMs < silenceMs : quietMs === 0 && pcm.length > 0
      // Of the silence before, only so much belongs to it.
      if (!isHearing && !wasHearing) bytes = Math.min(bytes, PREFIX_SECONDS * BYTES_PER_SECOND)
      if (wasHearing === isHearing) return null
      return isHearing ? 'started' : 'stopped'
    },
    seconds: () => bytes / BYTES_PER_SECOND,
    clear: () => {
      bytes = 0
      quietMs = 0
      isHearing = false
    },
  }
}

/** The loudest of it: 1 is as loud as can be. */
function loudnessOf(pcm: Buffer): number {
  let loudest = 0
  for (let at = 0; at + 1 < pcm.length; at += 2) loudest = Math.max(loudest, Math.abs(pcm.readInt16LE(at)))
  return loudest / 0x8000
}

/** What is written down of it: this model understands no speech, and says so. */
export function wordsOf(seconds: number): string {
  return `(spoken words, ${Math.max(1, Math.round(seconds))} s)`
}
