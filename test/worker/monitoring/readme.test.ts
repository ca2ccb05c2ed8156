import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../../worker/monitoring/metrics.ts'
import { read } from './promql.ts'

const LEVELS: Record<string, number> = { debug: 20, info: 30, warn: 40, error: 50 }
const text = read('README.md')

/** The rows of a table, by the name in their first cell. */
function rowsBelow(heading: string): Map<string, string[]> {
  const part = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const rows = part.split('\n').filter(line => line.startsWith('| `'))
  const cells = rows.map(row => row.split('|').map(cell => cell.trim()))
  return new Map(cells.map(([, name = '', ...rest]) => [namesIn(name)[0] ?? '', rest]))
}

function namesIn(cell = ''): string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
}

describe('the table of metrics', () => {
  it('has each metric of our own with its type and its labels, and no other', () => {
    const ours = createMetrics()
      .registry.getMetricsAsArray()
      .map(metric => metric as unknown as { name: string; type: string; labelNames: string[] })
      .filter(({ name }) => name.startsWith('liverow_'))
    const told = [...rowsBelow('Metrics')].map(([name, [type, labels]]) => ({
      name,
      type,
      labelNames: namesIn(labels),
    }))
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name)
    expect(told.sort(byName)).toEqual(
      ours.map(({ name, type, labelNames }) => ({ name, type, labelNames })).sort(byName),
    )
  })
})

describe('the table of events', () => {
  it('has each event with its level and its fields, and no other', async () => {
    const script = join(import.meta.dirname, '../telemetry-lines.ts')
    const settings = JSON.stringify({ format: 'json', level: 'debug', prompts: true })
    const { stdout } = await promisify(execFile)(process.execPath, [script, settings])
    const written = new Map<string, { level: number; fields: Set<string> }>()
    for (const line of stdout.split('\n').filter(Boolean)) {
      const { event, level, time, msg, ...fields } = JSON.parse(line)
      const known = written.get(event) ?? { level, fields: new Set() }
      for (const field of Object.keys(fields)) known.fields.add(field)
      written.set(event, known)
    }
    const told = [...rowsBelow('Events')].map(([event, [level = '', fields]]) => {
      return [event, { level: LEVELS[level], fields: new Set(namesIn(fields)) }] as const
    })
    expect(new Map(told)).toEqual(written)
  })
})
