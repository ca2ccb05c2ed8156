import { z } from 'zod'

const schema = z.object({
  /** Where the Supabase project or the local stack is reached. */
  VITE_SUPABASE_URL: z.url('is not set to the URL of a project'),
  /** The publishable (anon) key; what it may do is up to row-level security. */
  VITE_SUPABASE_KEY: z
    .string('is not set')
    .min(1, 'is empty')
    .refine(key => !isSecret(key), 'is a secret key, which must never reach a browser: take the publishable one'),
  /** Where the worker's HTTP API is reached; empty where it answers at the page's own address. */
  VITE_API_URL: z.union([z.url(), z.literal('')]).default(''),
  VITE_STACK: z.enum(['local', 'hosted']).default('hosted'),
  /** The model's name, or `demo`. */
  VITE_MODEL: z.string().optional(),
  VITE_DEMO_EMAIL: z.string().optional(),
  VITE_DEMO_PASSWORD: z.string().optional(),
})

/** The settings of the page, or what is wrong with them, by name. */
export const config = schema.safeParse(import.meta.env)

/** The settings, once they are known to be right. @throws ZodError otherwise */
export function settings(): z.output<typeof schema> {
  return schema.parse(import.meta.env)
}

function isSecret(key: string): boolean {
  if (key.startsWith('sb_secret_')) return true
  const [, claims] = key.split('.')
  try {
    return claims !== undefined && JSON.parse(atob(claims)).role === 'service_role'
  } catch {
    // No JSON web token, so no service key of the old kind.
    return false
  }
}
