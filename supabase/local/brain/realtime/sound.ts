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

/** What has been said into the microphone since it was last taken. */
export function createEar() {
  let bytes = 0
  return {
    hear: (audio: string) => {
      bytes += Buffer.byteLength(audio, 'base64')
    },
    seconds: () => bytes / BYTES_PER_SECOND,
    clear: () => {
      bytes = 0
    },
  }
}

/** What is written down of it: this model understands no speech, and says so. */
export function wordsOf(seconds: number): string {
  return `(spoken words, ${Math.max(1, Math.round(seconds))} s)`
}
