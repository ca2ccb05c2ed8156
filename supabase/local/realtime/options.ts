/** What `createRealtime` needs to know, and the switches that make local tests honest. */
export type RealtimeOptions = {
  /** A connection that may replicate and set any role: superuser, or the owner with REPLICATION. */
  databaseUrl: string
  /** Secret of the HS256 tokens. */
  jwtSecret: string
  /** Opaque `sb_publishable_…` keys; each acts as the role anon. */
  anonKeys: string[]
  /** Opaque `sb_secret_…` keys; each acts as the role service_role. */
  serviceKeys: string[]
  /** How often the write-ahead log is looked at while a channel is joined. */
  pollMs?: number
  /** The same while nobody listens; the log must still be let go. */
  idlePollMs?: number
  /** How long a refused handshake or join is held back, and the pause before a lost database is tried again. */
  errorBackoffMs?: number
  /** Gap between SUBSCRIBED and the flow of database changes; changes inside it are lost, as on a cold hosted project. */
  subscribeMs?: number
  /** Messages sent and received per second, averaged over a minute; unlimited when absent. */
  maxMessagesPerSecond?: number
  /** Channels per socket. */
  maxChannels?: number
  /** Size limit of one broadcast. */
  maxPayloadBytes?: number
  /** Hears about lost connections and refused credentials; never about payloads or tokens. */
  log?: (message: string) => void
}

/** The options with every blank filled in. */
export type Settings = Required<RealtimeOptions>

const defaults = {
  pollMs: 15,
  idlePollMs: 500,
  errorBackoffMs: 100,
  subscribeMs: 0,
  maxMessagesPerSecond: Number.POSITIVE_INFINITY,
  maxChannels: 100,
  maxPayloadBytes: 3_000_000,
  log: () => undefined,
}

/** The pace and limits of the hosted free plan: what works under these works there. */
export const hostedFree = {
  pollMs: 100,
  errorBackoffMs: 5_000,
  subscribeMs: 1_500,
  maxMessagesPerSecond: 100,
  maxPayloadBytes: 256 * 1024,
} satisfies Partial<RealtimeOptions>

/** Fills in the defaults. @throws when a number cannot be meant. */
export function settle(options: RealtimeOptions): Settings {
  const settings: Settings = { ...defaults, ...options }
  for (const name of ['pollMs', 'idlePollMs', 'errorBackoffMs', 'subscribeMs'] as const) {
    if (!(settings[name] >= 0)) throw new RangeError(`${name} must be 0 or more, got ${settings[name]}`)
  }
  for (const name of ['maxMessagesPerSecond', 'maxChannels', 'maxPayloadBytes'] as const) {
    if (!(settings[name] > 0)) throw new RangeError(`${name} must be more than 0, got ${settings[name]}`)
  }
  return settings
}
