import { createClient } from '@supabase/supabase-js'
import type { Supabase } from '../../shared/client/supabase.ts'
import type { Database } from '../../shared/database.types.ts'
import { settings } from './config.ts'

const { VITE_SUPABASE_URL, VITE_SUPABASE_KEY } = settings()

/** The page's one client: a second would have its own session and its own socket. */
export const supabase: Supabase = createClient<Database>(VITE_SUPABASE_URL, VITE_SUPABASE_KEY)
