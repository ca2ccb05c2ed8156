import { z } from 'zod'
import manifest from '../../../package.json' with { type: 'json' }

const settings = z
  .object({
    SUPABASE_URL: z.url({ protocol: /^https?$/, error: 'Set it to the URL of the project.' }),
    SUPABASE_PUBLISHABLE_KEY: z.string('Set it to the publishable key of the project.').min(20, 'It is too short.'),
    LIVEROW_TOKEN: z.string().optional(),
    LIVEROW_EMAIL: z.string().optional(),
    LIVEROW_PASSWORD: z.string().optional(),
  })
  .refine(given => given.LIVEROW_TOKEN || (given.LIVEROW_EMAIL && given.LIVEROW_PASSWORD), {
    path: ['LIVEROW_TOKEN'],
    error: 'Say whose todos these are: set LIVEROW_EMAIL and LIVEROW_PASSWORD, or LIVEROW_TOKEN to an access token.',
  })

/** How a user is known: signed in by the password, or by a token that somebody else has got. */
type SignIn = { email: string; password: string } | { token: string }

/** Reads the settings of `mcp:todos`, which is no worker and holds no secret but its user's. @throws an error in words. */
export function loadMcpConfig(env: NodeJS.ProcessEnv = process.env) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  given.SUPABASE_PUBLISHABLE_KEY ??= given.SUPABASE_ANON_KEY
  const { data: s, error } = settings.safeParse(given)
  if (!s) {
    const problems = error.issues.map(issue => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new Error(['The todo server cannot start:', ...problems].join('\n'))
  }
  const { LIVEROW_EMAIL: email = '', LIVEROW_PASSWORD: password = '', LIVEROW_TOKEN: token } = s
  const signIn: SignIn = token ? { token } : { email, password }
  return { version: manifest.version, url: s.SUPABASE_URL, key: s.SUPABASE_PUBLISHABLE_KEY, signIn }
}
