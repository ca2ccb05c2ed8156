import { expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, setScene, user } from '../arrange.ts'

const { sql } = await setScene()
const people = await addPeople(sql)

/** Whose names somebody gets of all. */
async function namesFor(asking: string): Promise<string[]> {
  const { owner, colleague, admin, stranger, platformAdmin } = people
  const ids = [owner, colleague, admin, stranger, platformAdmin]
  const rows = await as(sql, user(asking), tx => tx`select email from public.agent_people(${ids}) order by email`)
  return rows.map(row => String(row.email))
}

test('who shares an enterprise with people gets their names, and no others', async () => {
  expect(await namesFor(people.owner)).toEqual(['admin@acme.test', 'colleague@acme.test', 'owner@acme.test'])
  expect(await namesFor(people.stranger)).toEqual(['stranger@globex.test'])
})

test('a platform admin gets the names of all', async () => {
  expect(await namesFor(people.platformAdmin)).toHaveLength(5)
})

test('who has left an enterprise gets the own name alone', async () => {
  const { owner, acme } = people
  await sql`delete from public.enterprise_members where user_id = ${owner} and enterprise_id = ${acme}`
  expect(await namesFor(owner)).toEqual(['owner@acme.test'])
})

test('nobody gets a name without signing in', async () => {
  const asking = as(sql, { role: 'anon' }, tx => tx`select public.agent_people(${[people.owner]})`)
  await expect(asking).rejects.toThrow(/permission denied/)
})
