import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Registry } from 'prom-client'

const WORDS = new Set(['and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'bool'])
/** Prometheus itself gives these to what it scrapes. */
const TARGET_LABELS = ['job', 'instance']

/** What an expression asks for: each metric with the labels of its selector, and the labels it groups or joins by. */
export type Asked = { metrics: { name: string; labels: string[] }[]; groups: string[] }

/** Reads an expression in PromQL, as far as names go. */
export function askedBy(expression: string): Asked {
  const groups = [...expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)].flatMap(([, list]) =>
    split(list),
  )
  const bare = expression
    .replaceAll(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/"[^"]*"|'[^']*'/g, "''")
  const names = [...bare.matchAll(/(?<![\w.])([a-z_:][\w:]*)\s*(\{[^}]*\}|\()?/gi)]
  const metrics = names
    .filter(([, name = '', next]) => next !== '(' && !WORDS.has(name))
    .map(([, name = '', selector = '']) => ({ name, labels: labelsIn(selector) }))
  return { metrics, groups }
}

/** All that is wrong with an expression, in words. */
export function wrongIn(expression: string, known: Map<string, string[]>): string[] {
  const { metrics, groups } = askedBy(expression)
  const unknown = metrics.filter(({ name }) => !known.has(name)).map(({ name }) => `there is no ${name}`)
  const labels = metrics.flatMap(({ name, labels }) =>
    labels.filter(label => !known.get(name)?.includes(label)).map(label => `${name} has no ${label}`),
  )
  const joined = groups.filter(group => !metrics.every(({ name }) => known.get(name)?.includes(group)))
  const none = metrics.length === 0 ? ['no metric is asked for'] : []
  return [...none, ...unknown, ...labels, ...joined.map(group => `not all have ${group} to group by`)]
}

/** Each series' name with its labels, as Prometheus has them after a scrape; `up` is its own. */
export function seriesOf(registry: Registry): Map<string, string[]> {
  const known = new Map([['up', TARGET_LABELS]])
  for (const metric of registry.getMetricsAsArray()) {
    const { name, labelNames, type } = metric as unknown as { name: string; labelNames: string[]; type: string }
    const labels = [...labelNames, ...TARGET_LABELS]
    if (type !== 'histogram') known.set(name, labels)
    else for (const end of ['_sum', '_count']) known.set(`${name}${end}`, labels)
    if (type === 'histogram') known.set(`${name}_bucket`, [...labels, 'le'])
  }
  return known
}

/** A file of worker/monitoring. */
export function read(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../../worker/monitoring', name), 'utf8')
}

function labelsIn(selector: string): string[] {
  return [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label)
}

function split(list = ''): string[] {
  return list
    .split(',')
    .map(each => each.trim())
    .filter(Boolean)
}
