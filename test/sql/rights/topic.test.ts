import { afterAll, describe, expect, test } from 'vitest'
import { cloneDatabase } from '../../support/database.ts'
import { as } from '../../support/roles.ts'
import { removeMember } from '../arrange.ts'
import { ACTORS, type Actor, castAndTasks, SEES, TASKS } from './cast.ts'

const { sql, drop } = await cloneDatabase()
afterAll(drop)
const { people, caller, task } = await castAndTasks(sql)

/** Whether `actor` may join the private channel: Realtime writes a probe, and looks whether the user sees it. */
async function mayListen(actor: Actor, topic: string, extension = 'broadcast'): Promise<boolean> {
  await sql`delete from realtime.messages`
  await sql`insert into realtime.messages (topic, extension, private) values (${topic}, ${extension}, true)`
  const rows = await as(sql, caller(actor), async tx => {
    await tx`select set_config('realtime.topic', ${topic}, true)`
    return tx`select from realtime.messages`
  })
  return rows.length > 0
}

describe('the private topic of a task', () => {
  test.each(Object.entries(SEES))('%s may listen to exactly the tasks seen: %j', async (actor, names) => {
    const heard: string[] = []
    for (const name of TASKS) if (await mayListen(actor as Actor, `task:${task(name)}`)) heard.push(name)
    expect(heard.sort()).toEqual(names)
  })

  test('the anonymous may not listen', async () => {
    expect(await mayListen('anonymous', `task:${task('owner’s')}`)).toBe(false)
  })

  test('it does not exist for a task that does not', async () => {
    expect(await mayListen('platformAdmin', `task:${people.owner}`)).toBe(false)
  })

  test('a topic that does not name a task is nobody’s', async () => {
    const id = task('owner’s')
    const topics = [
      '',
      'task:',
      'task',
      id,
      `task:${id.toUpperCase()}`,
      ` task:${id}`,
      `task:${id}\n`,
      `task:${id}x`,
      `tasks:${id}`,
      `task:${id.replaceAll('-', '')}`,
      'task:not-a-uuid',
      'agent_tasks',
      '*',
      'task:%',
      "task:' or true --",
    ]
    for (const topic of topics) expect(await mayListen('owner', topic), JSON.stringify(topic)).toBe(false)
  })

  test('it carries broadcasts only', async () => {
    expect(await mayListen('owner', `task:${task('owner’s')}`, 'presence')).toBe(false)
    expect(await mayListen('owner', `task:${task('owner’s')}`, 'postgres_changes')).toBe(false)
  })

  test.each(ACTORS)('%s may not speak on it', async actor => {
    const topic = `task:${task('owner’s')}`
    const send = as(sql, caller(actor), async tx => {
      await tx`select set_config('realtime.topic', ${topic}, true)`
      return tx`insert into realtime.messages (topic, extension, private) values (${topic}, 'broadcast', true)`
    })
    await expect(send).rejects.toMatchObject({ code: '42501' })
  })

  test.each(ACTORS)('%s may not listen to the wakes of workers', async actor => {
    expect(await mayListen(actor, 'agent_tasks')).toBe(false)
  })

  test('it is closed to an admin who has left', async () => {
    expect(await mayListen('admin', `task:${task('owner’s')}`)).toBe(true)
    await removeMember(sql, people.admin)
    expect(await mayListen('admin', `task:${task('owner’s')}`)).toBe(false)
  })
})
