import { describe, expect, it } from 'vitest'
import type { AgentRoom } from '../../../worker/agents/context.ts'
import { createIdentity } from '../../../worker/agents/identity.ts'
import { addUser } from '../../support/roles.ts'
import { heirOf, perform, roomWithProvider, stepsOf, take, takeOver } from '../agents/arrange.ts'
import { serveTools } from '../agents/mcp-http.ts'
import { setScene } from '../arrange.ts'

const scene = await setScene()
const SECRET = 'a-secret-for-tests-that-is-long-enough'

type Given = Partial<NonNullable<AgentRoom['mcpServers']['assistant']>[number]>

/** A room whose operator gives the assistant an MCP server, and a model that calls one of its tools. */
async function roomWithServer(tool: string, args: object, given: Given = {}) {
  const server = await serveTools(given.identity ? { secret: SECRET } : {})
  scene.atEnd(server.stop)
  const call = { calls: [{ name: `mcp_shelf__${tool}`, args: JSON.stringify(args) }] }
  const room = await roomWithProvider(scene, [call, { text: 'Done.' }])
  const mcpServers = { assistant: [{ name: 'shelf', transport: { url: server.url }, ...given }] }
  return { ...room, mcpServers, identity: createIdentity(SECRET), server }
}

describe('the tools of an MCP server', () => {
  it('are the assistant’s where the operator gives them to it, and are journalled like any', async () => {
    const room = await roomWithServer('add', { a: 2, b: 3 })
    const held = await take(scene, room, { prompt: 'Add' })
    expect(await perform(room, held)).toMatchObject({ kind: 'completed', response: { answer: 'Done.' } })
    expect((await stepsOf(scene, held.task))[1]).toMatchObject({ name: 'mcp_shelf__add', status: 'done', output: '5' })
  })

  it('act as the user of the task', async () => {
    const room = await roomWithServer('who_am_i', {}, { identity: true })
    const user_id = await addUser(scene.sql, 'mcp@x.test')
    const held = await take(scene, room, { prompt: 'Who?' }, { user_id })
    await perform(room, held)
    const [, step] = await stepsOf(scene, held.task)
    expect(JSON.parse(step?.output as string)).toMatchObject({ user: user_id })
    expect(JSON.stringify(step)).not.toContain(room.server.tokens.at(-1))
  })

  it('are not called twice after a crash, unless the server calls them idempotent', async () => {
    const room = await roomWithServer('refuse', {})
    const held = await take(scene, room, { prompt: 'Refuse' })
    await perform(room, held)
    await scene.sql.begin(async sql => {
      await sql`set local session_replication_role = replica`
      await sql`update public.agent_task_steps set status = 'started', output = null, finished_at = null
        where task_id = ${held.task.id} and kind = 'tool'`
      await sql`delete from public.agent_task_steps where task_id = ${held.task.id} and key = 'model::1'`
    })
    const again = heirOf(scene, room)
    await perform(
      { ...again, mcpServers: room.mcpServers, identity: room.identity },
      await takeOver(scene, again, held),
    )
    expect((await stepsOf(scene, held.task))[1]?.output).toMatch(/not known whether/)
  })

  it('wait for consent where the operator wants it', async () => {
    const room = await roomWithServer('refuse', {}, { approve: 'destructive' })
    const held = await take(scene, room, { prompt: 'Refuse' })
    expect(await perform(room, held)).toEqual({ kind: 'waiting' })
    expect(await scene.sql`select tool_name from public.agent_approvals where task_id = ${held.task.id}`).toEqual([
      { tool_name: 'mcp_shelf__refuse' },
    ])
  })
})
