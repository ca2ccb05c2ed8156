import { describe, expect, it } from 'vitest'
import { createIdentity } from '../../../worker/agents/identity.ts'
import { openMcpTools } from '../../../worker/agents/mcp.ts'
import { setScene } from '../arrange.ts'
import { roomWithProvider, stepsOf, take, takeOver } from './arrange.ts'
import { serveTools } from './mcp-http.ts'
import { runWith } from './run-with.ts'

const SECRET = 'a-secret-of-the-project-0123456789abcdef'

const scene = await setScene()

describe('an agent with the tools of an MCP server', () => {
  it('calls them once, also over two attempts, and leaves no token in its journal', async () => {
    const server = await serveTools({ secret: SECRET })
    scene.atEnd(server.stop)
    const [user] = await scene.sql<{ id: string }[]>`
      insert into auth.users (id, email) values (gen_random_uuid(), 'mcp@example.com') returning id`
    const call = { calls: [{ name: 'mcp_shelf__who_am_i', args: '{}' }] }
    const room = await roomWithProvider(scene, [call, { text: 'You are you.' }])
    const held = await take(scene, room, { prompt: 'Who am I?' }, { user_id: user?.id ?? null })
    const attempt = async (each: typeof held) => {
      const { tools, close } = await openMcpTools([{ name: 'shelf', transport: { url: server.url }, identity: true }], {
        task: each.task,
        signal: each.signal,
        identity: createIdentity(SECRET),
      })
      try {
        return await runWith(room, each, { tools })
      } finally {
        await close()
      }
    }

    expect(await attempt(held)).toBe('You are you.')
    const steps = await stepsOf(scene, held.task)
    expect(steps.find(each => each.kind === 'tool')).toMatchObject({
      name: 'mcp_shelf__who_am_i',
      status: 'done',
      output: JSON.stringify({ user: user?.id }),
    })
    expect(JSON.stringify([steps, room.provider.calls])).not.toContain(server.tokens[0])
    expect(await attempt(await takeOver(scene, room, held))).toBe('You are you.')
    expect(await stepsOf(scene, held.task)).toEqual(steps)
  })
})
