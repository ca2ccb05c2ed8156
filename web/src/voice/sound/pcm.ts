/** The provider's sound: 16-bit PCM, one channel, at so many samples a second. */
export const pcmRate = 24_000

/** What a microphone gives at its own rate, in the provider's form. */
export function pcmOf(samples: Float32Array, rate: number): ArrayBuffer {
  const step = rate / pcmRate
  const pcm = new Int16Array(Math.floor(samples.length / step))
  for (let index = 0; index < pcm.length; index += 1) {
    const at = Math.floor(index * step)
    const [left = 0, right = left] = samples.subarray(at, at + 2)
    const value = left + (right - left) * (index * step - at)
    pcm[index] = Math.max(-1, Math.min(1, value)) * 0x7fff
  }
  return pcm.buffer
}

/** The provider's sound as the browser plays it. */
export function samplesOf(pcm: ArrayBuffer): Float32Array<ArrayBuffer> {
  return Float32Array.from(new Int16Array(pcm), value => value / 0x8000)
}
