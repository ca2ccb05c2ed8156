import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { createMetrics } from '../../../worker/monitoring/metrics.ts'
import { askedBy, read, seriesOf, wrongIn } from './promql.ts'

const sentence = z.string().regex(/^[\s\S]+[.!?]$/)
// As strict as Prometheus, which takes no field that it does not know.
const rule = z.strictObject({
  alert: z.string().regex(/^Liverow[A-Z]\w+$/),
  expr: z.string(),
  for: z.string().regex(/^\d+[smh]$/),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
  annotations: z.strictObject({ summary: sentence, runbook: sentence }),
})
const text = read('alerts.yaml')
const file = z
  .strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })) })
  .parse(parse(text))
const rules = file.groups.flatMap(group => group.rules)
const known = seriesOf(createMetrics().registry)

describe('the alerts', () => {
  it('ask only for metrics and labels that the worker has', () => {
    expect(rules.length).toBeGreaterThan(10)
    expect(rules.flatMap(({ alert, expr }) => wrongIn(expr, known).map(wrong => `${alert}: ${wrong}`))).toEqual([])
  })

  it('have a name of their own each', () => {
    const names = [...rules, ...file.groups.map(({ name }) => ({ alert: name }))].map(({ alert }) => alert)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('say of each threshold why it is so', () => {
    const lines = text.split('\n')
    const bare = lines.filter((line, index) => /^\s*- alert:/.test(line) && !/^\s*# /.test(lines[index - 1] ?? ''))
    expect(bare).toEqual([])
  })

  it('speak of labels that their expression leaves', () => {
    const wrong = rules.flatMap(({ alert, expr, annotations }) => {
      const { metrics, groups } = askedBy(expr)
      const left = /\b(sum|max|min|histogram_quantile)\b/.test(expr)
        ? groups
        : metrics.flatMap(({ name }) => known.get(name) ?? [])
      const named = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label)
      return named.filter(label => !left.includes(label)).map(label => `${alert}: ${label}`)
    })
    expect(wrong).toEqual([])
  })

  it('point to panels that the dashboard has', () => {
    const { panels } = JSON.parse(read('grafana-dashboard.json')) as { panels: { title: string }[] }
    const titles = panels.map(({ title }) => title)
    const named = rules.flatMap(({ annotations }) =>
      [...annotations.runbook.matchAll(/panels? "([^"]+)"(?: and "([^"]+)")?/g)].flatMap(([, ...names]) => names),
    )
    expect(named.length).toBeGreaterThan(3)
    expect(named.filter(name => name && !titles.includes(name))).toEqual([])
  })
})
