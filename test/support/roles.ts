import type postgres from 'postgres'

/** Who asks: a role of the Data API and, for users, the id in their token. */
export interface Caller {
  role: 'anon' | 'authenticated' | 'service_role'
  /** The user's id; `auth.uid()` returns it. */
  sub?: string
  /** Further claims of the token. */
  claims?: Record<string, unknown>
}

/**
 * Runs SQL as the Data API would for this caller, in one transaction that commits when `action` resolves. The claims
 * come as hosted sends them, in `request.jwt.claims` alone, so SQL that reads an older setting fails here too.
 */
export async function as<T>(
  sql: postgres.Sql,
  caller: Caller,
  action: (tx: postgres.TransactionSql) => T | Promise<T>,
): Promise<Awaited<T>> {
  const claims = { role: caller.role, ...(caller.sub && { sub: caller.sub }), ...caller.claims }
  const result = await sql.begin(async tx => {
    await tx`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true)`
    await tx`select set_config('role', ${caller.role}, true)`
    return { value: await action(tx) }
  })
  return result.value as Awaited<T>
}

/** Adds a user straight to Auth's table, for tests in pure SQL. Returns the id. */
export async function addUser(sql: postgres.Sql, email: string): Promise<string> {
  const [user] = await sql<{ id: string }[]>`
    insert into auth.users (id, email, email_confirmed_at) values (gen_random_uuid(), ${email}, now()) returning id
  `
  if (!user) throw new Error(`No user was made for ${email}.`)
  return user.id
}
