import type { Channel } from './channel.ts'

/** Who has joined what. A public and a private topic of one name are two topics. */
export type Topics = {
  add(channel: Channel): void
  remove(channel: Channel): void
  members(name: string, isPrivate: boolean): ReadonlySet<Channel>
  all(): Iterable<Channel>
  isEmpty(): boolean
}

/** Makes an empty register. */
export function makeTopics(): Topics {
  const rooms = new Map<string, Set<Channel>>()
  const key = (name: string, isPrivate: boolean) => `${isPrivate ? 'private' : 'public'}:${name}`
  return {
    add(channel) {
      const room = key(channel.name, channel.config.isPrivate)
      rooms.set(room, (rooms.get(room) ?? new Set()).add(channel))
    },
    remove(channel) {
      const room = key(channel.name, channel.config.isPrivate)
      const members = rooms.get(room)
      members?.delete(channel)
      if (members?.size === 0) rooms.delete(room)
    },
    members: (name, isPrivate) => rooms.get(key(name, isPrivate)) ?? new Set(),
    all: () => [...rooms.values()].flatMap(members => [...members]),
    isEmpty: () => rooms.size === 0,
  }
}
