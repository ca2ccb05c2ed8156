import { z } from 'zod'

/** How the queue is doing, as `worker.stats` tells it; see supabase/migrations/…1000_upkeep.sql. */
export const queueStats = z.object({
  /** Open now, exact up to 10,000 a lane, and ended within a day. */
  depth: z.array(z.object({ kind: z.string(), status: z.string(), tasks: z.number() })),
  oldest_pending_seconds: z.number().nullable(),
  stuck: z.number(),
  /** Those that have beaten within a minute. */
  workers: z.array(
    z.object({
      id: z.string(),
      host: z.string(),
      version: z.string(),
      hears: z.string(),
      idle: z.boolean(),
      /** Null is all. */
      kinds: z.array(z.string()).nullable(),
      /** How many tasks it takes at once; null of workers before 0.2.0. */
      slots: z.number().nullable(),
      in_flight: z.number(),
      beat_age_seconds: z.number(),
    }),
  ),
})

export type QueueStats = z.infer<typeof queueStats>
