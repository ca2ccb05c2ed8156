import type { WireEvent } from './line.ts'
import type { LogLine } from './voice-state.ts'

const KEPT = 400

// Forty a second, and nothing to read in them.
const NOISE = new Set(['input_audio_buffer.append', 'response.output_audio.delta'])

let lines = 0

/** The log with one line more, the oldest falling out. Sound is left out, and so are whole instructions. */
export function withLine(
  log: readonly LogLine[],
  way: LogLine['way'],
  { type, ...detail }: WireEvent,
): readonly LogLine[] {
  if (NOISE.has(type)) return log
  lines += 1
  return [...log.slice(-KEPT + 1), { id: lines, at: Date.now(), way, type, detail: short(detail) }]
}

function short(detail: object): unknown {
  return JSON.parse(
    JSON.stringify(detail, (key, value) => {
      const isLong = typeof value === 'string' && value.length > 300
      return isLong || key === 'instructions' ? `(${String(value).length} characters)` : value
    }),
  )
}
