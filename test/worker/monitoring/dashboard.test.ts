import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createMetrics } from '../../../worker/monitoring/metrics.ts'
import { askedBy, read, seriesOf, wrongIn } from './promql.ts'

const box = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() })
const source = z.object({ type: z.literal('prometheus'), uid: z.string().regex(/^\$\{datasource\}$/) })
const target = z.object({ refId: z.string(), datasource: source, expr: z.string() })
const panel = z.object({
  id: z.number(),
  type: z.enum(['row', 'stat', 'timeseries', 'table']),
  title: z.string().min(1),
  gridPos: box,
  targets: z.array(target).default([]),
})
const variable = z.object({ type: z.string(), name: z.string(), query: z.any(), definition: z.string().optional() })
const dashboard = z
  .object({
    uid: z.string(),
    schemaVersion: z.number().min(39),
    templating: z.object({ list: z.array(variable) }),
    annotations: z.object({ list: z.array(z.object({ datasource: source, expr: z.string() })) }),
    panels: z.array(panel),
  })
  .parse(JSON.parse(read('grafana-dashboard.json')))

const known = seriesOf(createMetrics().registry)
const { panels, templating, annotations } = dashboard
const expressions = [...panels.flatMap(({ targets }) => targets), ...annotations.list].map(({ expr }) => expr)

describe('the dashboard', () => {
  it('asks only for metrics and labels that the worker has', () => {
    expect(expressions.length).toBeGreaterThan(40)
    expect(expressions.flatMap(each => wrongIn(each, known).map(wrong => `${each}: ${wrong}`))).toEqual([])
  })

  it('offers to choose from metrics and labels that the worker has', () => {
    const queries = templating.list.filter(({ type }) => type === 'query').map(({ definition }) => definition ?? '')
    const asked = queries.map(query => /^label_values\((.+), (\w+)\)$/.exec(query) ?? ['', '', ''])
    expect(queries.length).toBeGreaterThan(0)
    expect(asked.flatMap(([, metric = '']) => wrongIn(metric, known))).toEqual([])
    for (const [, metric = '', label = ''] of asked) {
      expect(known.get(askedBy(metric).metrics[0]?.name ?? '')).toContain(label)
    }
  })

  it('lets choose each variable that it uses', () => {
    const used = JSON.stringify(dashboard).match(/\$\{?\w+/g) ?? []
    const names = new Set(used.map(each => each.replace(/\$\{?/, '')).filter(name => !name.startsWith('__')))
    expect([...names].sort()).toEqual(templating.list.map(({ name }) => name).sort())
  })

  it('shows every metric of our own', () => {
    const shown = new Set(expressions.flatMap(each => askedBy(each).metrics.map(({ name }) => name)))
    const missing = createMetrics()
      .registry.getMetricsAsArray()
      .map(({ name }) => name)
      .filter(name => name.startsWith('liverow_') && ![...shown].some(each => each.startsWith(name)))
    expect(missing).toEqual([])
  })

  it('has panels of their own number that do not lie upon each other', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const upon = panels.flatMap(({ title, gridPos: a }, index) =>
      panels
        .slice(index + 1)
        .filter(({ gridPos: b }) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)
        .map(other => `${title} and ${other.title}`),
    )
    expect(upon).toEqual([])
    expect(panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([])
  })
})
