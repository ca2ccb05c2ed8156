// `npm run mcp:todos`: the todos of one user as an MCP server on standard input and output, for desktop clients.
// Standard output belongs to the protocol, so whatever there is to say to people goes to standard error.

import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { createClient } from '@supabase/supabase-js'
import type { Supabase } from '../../../shared/client/supabase.ts'
import type { Database } from '../../../shared/database.types.ts'
import { loadMcpConfig } from './config.ts'
import { createTodoServer } from './todo-server.ts'

main().catch(error => {
  tell(error instanceof Error ? error.message : String(error))
  process.exit(1)
})

async function main(): Promise<void> {
  const config = loadMcpConfig()
  const supabase = await signIn(config)
  const onFault = (error: unknown) => tell(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  serveStdio(() => createTodoServer({ supabase, version: config.version, onFault }), {
    onerror: error => tell(error.message),
  })
  // What keeps a session fresh would outlive the client that has gone.
  process.stdin.once('close', () => process.exit(0))
}

/** A token is used as it is, until it dies; a session by password is renewed as long as the command runs. */
async function signIn({ url, key, signIn }: ReturnType<typeof loadMcpConfig>): Promise<Supabase> {
  if ('token' in signIn) return createClient<Database>(url, key, { accessToken: async () => signIn.token })
  const supabase = createClient<Database>(url, key, { auth: { persistSession: false, autoRefreshToken: true } })
  const { error } = await supabase.auth.signInWithPassword(signIn)
  if (error) throw new Error(`Signing in did not work: ${error.message}`)
  return supabase
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}
