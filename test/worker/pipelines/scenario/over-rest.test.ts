import { expect, it } from 'vitest'
import { startBrain } from '../../../../supabase/local/brain.ts'
import { addEnterprise, addMember } from '../../../sql/arrange.ts'
import { openRoom } from '../../agents/arrange.ts'
import type { Scene } from '../../arrange.ts'
import { startTransports } from '../../transports.ts'
import { beginSession, decisionsOf, say } from './scenes.ts'

const { sql, at, open } = await startTransports()

it('a turn of a scenario is handed over and kept over supabase-js alone', async () => {
  await using ends = new AsyncDisposableStack()
  const db = open('realtime')
  const scene: Scene = {
    url: at.realtime,
    sql,
    connect: () => open('realtime'),
    atEnd: end => ends.defer(async () => void (await end())),
  }
  const brain = await startBrain({ pace: 'instant' })
  scene.atEnd(() => brain.stop())
  const enterprise = await addEnterprise(sql, 'Shop')
  const user = await addMember(sql, enterprise, 'staff@shop.test')
  await sql`insert into public.shop_orders (enterprise_id, number, customer, item, amount, status)
    values (${enterprise}, '1002', 'Jonas', 'Ceramic mug', 18.5, 'delivered')`

  const room = openRoom(scene, { db, baseUrl: brain.url, apiKey: brain.key })
  const session = await beginSession(scene, { user, enterprise, scenario: 'retail', page: { path: '/orders/1002' } })
  expect(await say(scene, room, session, 'My mug came broken, refund 1002')).toMatchObject({
    agent: 'returns',
    handoffs: ['returns'],
    answer: expect.stringMatching(/18\.50/),
  })
  expect(await say(scene, room, session, 'I want a real person now')).toMatchObject({ waitsForHuman: true })
  expect(await decisionsOf(scene, session)).toEqual([
    'supervisor → returns (handoff)',
    'returns → returns (escalation)',
  ])
})
