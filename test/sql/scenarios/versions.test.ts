import { expect, test } from 'vitest'
import { setScene, user } from '../arrange.ts'
import { definitionOf, setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql } = scene
const { people, save, begun, take, output } = await setScenarios(scene)
const admin = user(people.admin)

const called = (n: number) => definitionOf({ title: `Help ${n}` })
const versions = async () =>
  (await sql`select version from public.scenario_versions where scenario_id = 'help' order by 1`).map(
    row => row.version,
  )
/** Saves the versions from one number to another. */
async function saveAll(from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n++) await save(admin, 'help', called(n), n - 1, people.acme)
}

test('the latest fifty versions are kept, and older ones that a session has', async () => {
  await saveAll(1, 2)
  const session = await begun()
  await saveAll(3, 55)
  expect(await versions()).toEqual([2, ...Array.from({ length: 50 }, (_, n) => n + 6)])
  const held = await take({ session_id: session })
  expect(await output(held, 'load_scenario')).toMatchObject({ version: 2, definition: { title: 'Help 2' } })
})

test('a version goes with the next saving when its last session is gone', async () => {
  await saveAll(1, 1)
  const [one, two] = [await begun(), await begun()]
  await saveAll(2, 52)
  await sql`delete from public.agent_sessions where id = ${one}`
  await saveAll(53, 53)
  expect((await versions())[0]).toBe(1)
  await sql`delete from public.agent_sessions where id = ${two}`
  await saveAll(54, 54)
  expect(await versions()).toEqual(Array.from({ length: 50 }, (_, n) => n + 5))
})

test('of another scenario nothing goes', async () => {
  const others = () =>
    sql`select scenario_id, version from public.scenario_versions where scenario_id <> 'help' order by 1, 2`
  const before = await others()
  await saveAll(1, 52)
  expect(await others()).toEqual(before)
})

test('of the many that an older release has left a hundred go at a time', async () => {
  await saveAll(1, 1)
  await sql`alter table public.scenario_versions disable trigger drop_old_versions`
  await sql`insert into public.scenario_versions (scenario_id, version, definition, created_at)
    select 'help', n, ${sql.json(called(1))}, now() from generate_series(2, 200) n`
  await sql`update public.scenarios set version = 200, title = 'Help 1' where id = 'help'`
  await sql`alter table public.scenario_versions enable trigger drop_old_versions`
  await saveAll(201, 201)
  expect((await versions())[0]).toBe(101)
  await saveAll(202, 202)
  expect(await versions()).toEqual(Array.from({ length: 50 }, (_, n) => n + 153))
})
