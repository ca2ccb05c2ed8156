/**
 * From a batch of the log to the subscribers:
 *
 *   watched? ─> per table: describe ─> filters ─> render ─> row-level security ─> one event per channel ─> in commit order
 *
 * Filters come before policies, as on hosted: a filter on the row's id saves the dearer check.
 */
import type { Sql } from 'postgres'
import { describeTable, type Table } from './catalog.ts'
import { changeData, faultData, type Rendered } from './change-data.ts'
import { announce, type Channel } from './channel.ts'
import type { Core } from './core.ts'
import { type Hearing, keep } from './hearings.ts'
import { judge } from './judge.ts'
import type { Change } from './pgoutput.ts'
import { renderRows } from './render.ts'
import type { Subscription } from './subscriptions.ts'
import { keepVisible } from './visibility.ts'

type Event = { channel: Channel; ids: number[]; data: object }

/** Delivers a batch. Within one subscriber the order of commits is kept. */
export async function deliverChanges(core: Core, changes: Change[]): Promise<void> {
  const watched = changes
    .map(change => ({ change, listeners: core.subscriptions.watching(change.schema, change.table, change.type) }))
    .filter(({ listeners }) => listeners.length > 0)
  const events = new Map<Change, Event[]>()
  for (const [oid, hearings] of Map.groupBy(watched, ({ change }) => change.oid)) {
    await prepareTable(core, oid, hearings, events)
  }
  for (const { change } of watched) for (const event of events.get(change) ?? []) post(core, event)
}

// Over the limit, changes are dropped without a word, as on hosted.
function post({ rate }: Core, { channel, ids, data }: Event): void {
  rate.count()
  if (!rate.isOver()) announce(channel, 'postgres_changes', { ids, data })
}

async function prepareTable(
  { sql }: Core,
  oid: number,
  hearings: Hearing[],
  events: Map<Change, Event[]>,
): Promise<void> {
  const table = await describeTable(sql, oid, rolesOf(hearings))
  if (!table) return
  const { able, faulted } = splitFaulted(table, hearings)
  const interested = await keepInterested(sql, table, able)
  const [heard, rendered] = await Promise.all([
    table.hasRls ? keepVisible(sql, table, interested) : interested,
    renderChanges(sql, table, hearings),
  ])
  rendered.forEach((each, at) => {
    const listeners = [...(faulted[at]?.listeners ?? []), ...(heard[at]?.listeners ?? [])]
    events.set(each.change, bundle(table, each, listeners))
  })
}

function rolesOf(hearings: Hearing[]): string[] {
  return [...new Set(hearings.flatMap(({ listeners }) => listeners.map(({ identity }) => identity.role)))]
}

// Those who can be told nothing but an error hear it whatever their filter says.
function splitFaulted(table: Table, hearings: Hearing[]): { able: Hearing[]; faulted: Hearing[] } {
  const isFaulted = (change: Change, { identity }: Subscription) =>
    faultData(table, change, identity.role) !== undefined
  return {
    able: keep(hearings, ({ change }, listener) => !isFaulted(change, listener)),
    faulted: keep(hearings, ({ change }, listener) => isFaulted(change, listener)),
  }
}

async function keepInterested(sql: Sql, table: Table, hearings: Hearing[]): Promise<Hearing[]> {
  const predicates = new Set(hearings.flatMap(({ listeners }) => listeners.flatMap(listener => listener.predicates)))
  const tuples = hearings.map(({ change }) => change.record ?? change.oldRecord)
  const passes = await judge(sql, table, [...predicates], tuples)
  return keep(hearings, (_, listener, at) => listener.predicates.every(predicate => passes(predicate, at)))
}

async function renderChanges(sql: Sql, table: Table, hearings: Hearing[]): Promise<Rendered[]> {
  const none = new Map<string, string | null>()
  const records = await renderRows(
    sql,
    table,
    hearings.map(({ change }) => change.record ?? none),
  )
  const oldRecords = await renderRows(
    sql,
    table,
    hearings.map(({ change }) => change.oldRecord ?? none),
  )
  return hearings.map(({ change }, at) => ({ change, record: records[at] ?? {}, oldRecord: oldRecords[at] ?? {} }))
}

// One event per channel and column choice, with the ids of all its bindings.
function bundle(table: Table, rendered: Rendered, listeners: Subscription[]): Event[] {
  const groups = Map.groupBy(listeners, ({ channel }) => channel)
  return [...groups].flatMap(([channel, ofChannel]) => {
    const choices = Map.groupBy(ofChannel, ({ select }) => JSON.stringify(select))
    return [...choices.values()].flatMap(bindings => {
      const [first] = bindings
      if (!first) return []
      const { identity, select } = first
      const data =
        faultData(table, rendered.change, identity.role) ?? changeData(table, rendered, identity.role, select)
      return [{ channel, ids: [...new Set(bindings.map(({ id }) => id))], data }]
    })
  })
}
