import type { SupabaseClient } from '@supabase/supabase-js'
import type { Database } from '../database.types.ts'

/** The app's one Supabase client, signed in as the user: everything here acts with that user's rights. */
export type Supabase = SupabaseClient<Database>

/** How long an answer of the server is waited for, in milliseconds, before it counts as out of reach. */
export const patienceMs = 15_000
