import { describe, expect, it } from 'vitest'
import { handoff, say as text } from '../../../../supabase/local/brain/script.ts'
import { agentOf } from '../../../sql/scenarios/arrange.ts'
import { addUser } from '../../../support/roles.ts'
import { stepsOf } from '../../agents/arrange.ts'
import { afterDeaths } from '../../agents/mortal.ts'
import { roomWithScripts } from '../../agents/run-with.ts'
import { setScene } from '../../arrange.ts'
import {
  activeAgentOf,
  beginSession,
  decisionsOf,
  saidIn,
  saveScenario,
  settleTurn,
  takeTurn,
  teamOf,
} from './scenes.ts'

const scene = await setScene()
const user = await addUser(scene.sql, 'talker@liverow.test')
const agents = [agentOf('desk', { handoffs: ['expert'] }), agentOf('expert', { handoffs: ['desk'] }), agentOf('other')]
await saveScenario(scene, 'circle', teamOf(agents))

/** Choice of the user, two handovers. */
async function begin() {
  const room = await roomWithScripts(scene, {
    desk: act => (act.turn === 0 ? handoff('expert', { reason: 'First.' }) : text('Done.')),
    expert: () => handoff('desk', { reason: 'Then back.' }),
  })
  const session = await beginSession(scene, { user, scenario: 'circle', root: 'other' })
  return { room, session, held: await takeTurn(scene, room, session, { message: 'Go', rootAgent: 'desk' }) }
}

const DECISIONS = ['other → desk (user)', 'desk → expert (handoff)', 'expert → desk (handoff)']

describe('a turn of a scenario whose worker dies', () => {
  it('has as many writes as are tried below', async () => {
    const { room, held } = await begin()
    await settleTurn(room, held)
    const steps = await stepsOf(scene, held.task)
    const writes = steps.filter(({ kind }) => kind !== 'history' && kind !== 'handoff').length
    expect(steps.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'tool load_scenario',
      'tool note_decision',
      'history ',
      ...['model gpt-test', 'handoff expert', 'model gpt-test', 'handoff desk', 'model gpt-test'],
      'turn ',
      ...['tool note_decision', 'tool note_decision'],
    ])
    expect(writes).toBe(8)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('after write %i notes each decision once all the same', async write => {
    const { room, session, held } = await begin()
    const heir = await afterDeaths(scene, room, held, [write])
    const answer = await settleTurn(room, heir)
    expect(answer).toEqual({ answer: 'Done.', agent: 'desk', waitsForHuman: false, handoffs: ['expert', 'desk'] })
    expect(await decisionsOf(scene, session)).toEqual(DECISIONS)
    expect(await activeAgentOf(scene, session)).toBe('desk')
    expect(room.brain.repeats()).toBe(0)
    expect((await saidIn(scene, session)).filter(said => said.startsWith('user'))).toEqual(['user: Go'])
  })

  it('goes on with the version it has begun with, though an admin saves another one', async () => {
    const { room, session, held } = await begin()
    const heir = await afterDeaths(scene, room, held, [3])
    await saveScenario(scene, 'circle', teamOf([agentOf('desk')]))
    expect(await settleTurn(room, heir)).toMatchObject({ handoffs: ['expert', 'desk'] })
    expect(await decisionsOf(scene, session)).toEqual(DECISIONS)
    await saveScenario(scene, 'circle', teamOf(agents))
  })
})
