import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { addUser } from '../../support/roles.ts'
import { setScene } from '../arrange.ts'

const { sql } = await setScene()

test('the demo’s companies are seeded once, with people who lack much, little and nothing', async () => {
  const seed = await readFile(new URL('../../../supabase/seed.sql', import.meta.url), 'utf8')
  for (const email of ['ada@acme.test', 'bob@acme.test', 'eve@globex.test']) await addUser(sql, email)
  await sql.unsafe(seed)
  await sql.unsafe(seed)
  const people = await sql`
    select e.full_name as name, m.full_name as manager, split_part(u.email, '@', 1) as account, count(g)::integer as gaps
    from public.employees e left join public.employee_skill_gaps g on g.employee_id = e.id
    left join public.employees m on m.id = e.manager_id left join auth.users u on u.id = e.user_id
    group by e.id, 2, 3 order by e.id`
  expect(people.map(each => Object.values(each))).toEqual([
    ['Ada Brandt', null, 'ada', 1],
    ['Bob Hansen', 'Ada Brandt', 'bob', 4],
    ['Chidi Okoye', 'Bob Hansen', null, 5],
    ['Dana Kowalski', 'Bob Hansen', null, 4],
    ['Elif Yılmaz', 'Ada Brandt', null, 3],
    ['Farid Haddad', 'Elif Yılmaz', null, 5],
    ['Grace Lin', 'Leona Fischer', null, 3],
    ['Ines Duarte', 'Karim Benali', null, 4],
    ['Jakub Novák', 'Karim Benali', null, 3],
    ['Karim Benali', 'Ada Brandt', null, 2],
    ['Leona Fischer', 'Ada Brandt', null, 3],
    ['Mei Tanaka', 'Elif Yılmaz', null, 0],
    ['Nils Aker', null, null, 2],
    ['Olga Petrova', 'Nils Aker', null, 3],
  ])
  expect(await sql`select from public.employee_profiles`).toHaveLength(14)
})
