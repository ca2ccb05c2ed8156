import { afterAll, describe, expect, test } from 'vitest'
import { cloneDatabase } from '../support/database.ts'
import { addUser, as } from '../support/roles.ts'

const { sql, drop } = await cloneDatabase()
afterAll(drop)

describe('the platform under the migrations', () => {
  test('tells a user by the claims that hosted sends', async () => {
    const id = await addUser(sql, 'ada@acme.test')
    const [row] = await as(sql, { role: 'authenticated', sub: id, claims: { email: 'ada@acme.test' } }, tx => {
      return tx`select auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'sub' as sub`
    })
    expect(row).toEqual({ uid: id, role: 'authenticated', email: 'ada@acme.test', sub: id })
  })

  test('tells a user by the settings that the local REST server makes', async () => {
    const id = await addUser(sql, 'bob@acme.test')
    const [row] = await sql.begin(async tx => {
      await tx`select set_config('request.jwt.claim.sub', ${id}, true), set_config('request.jwt.claim.role', 'anon', true)`
      return tx`select auth.uid(), auth.role()`
    })
    expect(row).toEqual({ uid: id, role: 'anon' })
  })

  test('knows nobody without claims', async () => {
    const [row] = await sql`select auth.uid(), auth.role(), auth.email(), auth.jwt()`
    expect(row).toEqual({ uid: null, role: null, email: null, jwt: null })
  })

  test('keeps the tables of Auth from users', async () => {
    for (const role of ['anon', 'authenticated'] as const) {
      await expect(as(sql, { role }, tx => tx`select * from auth.users`)).rejects.toMatchObject({ code: '42501' })
    }
  })
})
