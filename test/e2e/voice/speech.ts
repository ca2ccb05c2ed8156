import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const RATE = 48_000

/** A WAV file with a second of something loud and then so much silence; gone after the test. */
export async function speechThenSilence(silenceSeconds: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'speech-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const pcm = new Int16Array(RATE * (1 + silenceSeconds))
  for (let at = 0; at < RATE; at += 1) pcm[at] = 12_000 * Math.sin((2 * Math.PI * 220 * at) / RATE)
  const file = join(folder, 'speech.wav')
  await writeFile(file, Buffer.concat([headerOf(pcm.byteLength), Buffer.from(pcm.buffer)]))
  return file
}

function headerOf(bytes: number): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + bytes, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  // PCM, one channel.
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(RATE, 24)
  header.writeUInt32LE(RATE * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(bytes, 40)
  return header
}
