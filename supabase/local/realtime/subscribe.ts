import type { Sql } from 'postgres'
import { describeTable, publishedTables, type Table } from './catalog.ts'
import { type Channel, tellSystem } from './channel.ts'
import type { Core } from './core.ts'
import { parseFilters } from './filters.ts'
import type { Binding } from './join-config.ts'
import { makePredicate } from './predicates.ts'
import { pause } from './sleep.ts'
import type { Subscription } from './subscriptions.ts'

/** Parameters that can never work; trying again is of no use. */
class BadBinding extends Error {}

/**
 * Lets database changes flow to a channel, with its present identity, and tells it so. Until then whatever it had
 * before stays active. Bad parameters are final; a database in trouble is tried again until the channel is gone.
 * @returns the reason when it has to give up
 */
export async function subscribe(core: Core, channel: Channel): Promise<string | undefined> {
  const { identity } = channel
  const isStale = () => channel.isClosed || channel.identity !== identity || core.stopping.aborted
  await pause(core.settings.subscribeMs, core.stopping)
  while (!isStale()) {
    try {
      const subscriptions = await prepare(core.sql, channel)
      // What was committed before now must not arrive as news.
      await core.wal.catchUp()
      if (isStale()) break
      core.subscriptions.replace(channel, subscriptions)
      tellSystem(channel, 'postgres_changes', 'ok', 'Subscribed to PostgreSQL')
      return undefined
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      tellSystem(channel, 'postgres_changes', 'error', reason)
      if (error instanceof BadBinding) return `RealtimeDisabledForConfiguration: ${reason}`
      core.settings.log(`subscribing failed, trying again: ${reason}`)
      await pause(core.settings.errorBackoffMs, core.stopping)
    }
  }
  return undefined
}

async function prepare(sql: Sql, channel: Channel): Promise<Subscription[]> {
  const prepared = await Promise.all(channel.config.bindings.map(binding => prepareBinding(sql, channel, binding)))
  return prepared.flat()
}

async function prepareBinding(sql: Sql, channel: Channel, binding: Binding): Promise<Subscription[]> {
  const tables = await publishedTables(sql, binding.schema, binding.table)
  if (tables.length === 0) throw refusal(binding, 'Please check Realtime is enabled for the given connect parameters')
  const role = channel.identity.role
  return Promise.all(
    tables.map(async ({ oid, schema, name }) => {
      const table = await describeTable(sql, oid, [role])
      const predicates = table ? await check(sql, binding, table, role) : []
      const { id, event, select } = binding
      return {
        id,
        channel,
        event,
        schema,
        table: name,
        predicates,
        ...(select && { select }),
        identity: channel.identity,
      }
    }),
  )
}

async function check(sql: Sql, binding: Binding, table: Table, role: string) {
  try {
    checkSelect(binding, table, role)
    const filters = binding.filter ? parseFilters(binding.filter) : []
    return await Promise.all(filters.map(filter => makePredicate(sql, table, filter, role)))
  } catch (error) {
    if (isTrouble(error)) throw error
    throw refusal(binding, 'An exception happened so please check your connect parameters', error)
  }
}

function checkSelect({ select, schema, table: name }: Binding, table: Table, role: string): void {
  if (!select) return
  if (schema === '*' || name === '*') throw new Error('select needs a schema and a table')
  const selectable = table.columns.filter(({ roles }) => roles.includes(role)).map(column => column.name)
  const wrong = select.filter(column => !selectable.includes(column))
  if (wrong.length > 0) throw new Error(`invalid column for select ${wrong.join(', ')}`)
}

// Errors of data and syntax blame the parameters, others the connection.
function isTrouble(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  return code !== undefined && !/^(22|42|0A)/.test(String(code))
}

function refusal({ event, schema, table, filter, select }: Binding, why: string, cause?: unknown): BadBinding {
  const parameters = `[event: ${event}, schema: ${schema}, table: ${table}, filters: [${filter ?? ''}], select: ${select ? `[${select}]` : 'nil'}]`
  const detail = cause instanceof Error ? `. Exception: ${cause.message}` : ''
  return new BadBinding(`Unable to subscribe to changes with given parameters. ${why}: ${parameters}${detail}`)
}
