import type { Channel } from './channel.ts'
import type { Identity } from './claims.ts'
import type { ChangeType } from './pgoutput.ts'
import type { Predicate } from './predicates.ts'

/** One binding of a channel to one table, checked and ready. */
export type Subscription = {
  /** Id of the binding, told to the client at the join. */
  id: number
  channel: Channel
  event: string
  schema: string
  table: string
  predicates: Predicate[]
  /** The only columns wanted, beside the primary key; absent means all. */
  select?: string[]
  /** Who watches: the claims of the last accepted token. */
  identity: Identity
}

/** Who watches which table. */
export type Subscriptions = {
  /** Puts these in the place of all the channel had, in one step, so that a new token leaves no gap. */
  replace(channel: Channel, subscriptions: Subscription[]): void
  watching(schema: string, table: string, type: ChangeType): Subscription[]
}

/** Makes an empty register. */
export function makeSubscriptions(): Subscriptions {
  const byTable = new Map<string, Set<Subscription>>()
  const byChannel = new Map<Channel, Subscription[]>()
  const key = (schema: string, table: string) => JSON.stringify([schema, table])

  const add = (subscription: Subscription) => {
    const table = key(subscription.schema, subscription.table)
    byTable.set(table, (byTable.get(table) ?? new Set()).add(subscription))
  }
  const remove = (subscription: Subscription) => {
    const table = key(subscription.schema, subscription.table)
    const others = byTable.get(table)
    others?.delete(subscription)
    if (others?.size === 0) byTable.delete(table)
  }

  return {
    replace(channel, subscriptions) {
      for (const old of byChannel.get(channel) ?? []) remove(old)
      for (const subscription of subscriptions) add(subscription)
      if (subscriptions.length > 0) byChannel.set(channel, subscriptions)
      else byChannel.delete(channel)
    },
    watching: (schema, table, type) =>
      [...(byTable.get(key(schema, table)) ?? [])].filter(({ event }) => event === '*' || event === type),
  }
}
