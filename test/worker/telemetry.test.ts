import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../worker/config.ts'

/** The lines of a process that tells of everything once. */
async function linesOf(log: Partial<Config['log']>): Promise<string[]> {
  const settings = JSON.stringify({ format: 'json', level: 'debug', prompts: false, ...log })
  const script = join(import.meta.dirname, 'telemetry-lines.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, settings])
  return stdout.split('\n').filter(Boolean)
}

describe('the log', () => {
  it('says in the words of the document how a worker lives', async () => {
    const words = (await linesOf({})).map(line => JSON.parse(line).msg as string)
    expect(words.slice(0, 3)).toEqual([
      '🟢 Agent Worker is ONLINE.',
      "👀 Watching table 'agent_task_requests' for 'pending' tasks...",
      expect.stringMatching(/^⏰ Started at: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    ])
    expect(words).toContainEqual(
      expect.stringMatching(/^💓 Worker heartbeat: \d\d:\d\d:\d\d - Still watching for tasks\.\.\.$/),
    )
    expect(words).toContain('⚡ Found Task task-1!')
    expect(words).toContain('✅ Task task-1 Completed successfully.')
    expect(words).toContain('❌ Task task-1 failed (content_refused).')
    expect(words).toContainEqual(expect.stringMatching(/^🛑 Task task-1 cancelled/))
  })

  it('is JSON with event, task, kind and attempt', async () => {
    const lines = (await linesOf({})).map(line => JSON.parse(line))
    expect(lines.every(line => typeof line.event === 'string')).toBe(true)
    expect(lines.find(line => line.event === 'task_claimed')).toMatchObject({
      task: 'task-1',
      kind: 'assistant',
      attempt: 2,
    })
    expect(lines.find(line => line.event === 'task_settled')).toMatchObject({ status: 'completed', seconds: 1.235 })
    expect(lines.find(line => line.event === 'worker_online')).toMatchObject({ transport: 'direct', concurrency: 5 })
  })

  it('names the correlation id in each line about an attempt or a call, and in no other', async () => {
    const lines = (await linesOf({})).map(line => JSON.parse(line))
    const about = lines.filter(({ task, event }) => task === 'task-1' || event.startsWith('request_'))
    expect(about.length).toBeGreaterThan(15)
    expect(about.filter(({ correlation }) => correlation !== 'a-correlation-id')).toEqual([])
    const others = lines.filter(line => !about.includes(line) && 'correlation' in line)
    expect(others).toMatchObject([{ event: 'task_reaped', task: 'task-2', correlation: 'another-id' }])
  })

  it.each(['json', 'pretty'] as const)(
    'as %s holds no prompt, no payload and nothing of what an error carries',
    async format => {
      expect((await linesOf({ format })).join('\n')).not.toMatch(/PROMPT|CONTEXT|STATE|DETAIL|WHERE|MESSAGE|CAUSE/)
    },
  )

  it('says once, not with each batch, that traces are not taken', async () => {
    const lines = (await linesOf({})).map(line => JSON.parse(line))
    expect(lines.filter(line => line.event === 'trace_failed').map(line => line.sink)).toEqual(['openai', 'otlp'])
  })

  it('shows an error that no one foresaw with its message and its stack', async () => {
    const line = (await linesOf({})).find(each => each.includes('task_crashed'))
    expect(JSON.parse(String(line))).toMatchObject({
      task: 'task-1',
      err: { message: 'A tool is missing.', stack: expect.stringContaining('telemetry-lines.ts') },
    })
  })

  it.each(['json', 'pretty'] as const)(
    'as %s shows the prompt, shortened, only where it is asked for',
    async format => {
      const lines = await linesOf({ format, level: 'info', prompts: true })
      const shown = lines.filter(line => line.includes('PROMPT'))
      expect(shown).toHaveLength(1)
      expect(shown[0]).toContain('User asking: PROMPT why is the sky so')
      expect(shown[0]).not.toMatch(/END|CONTEXT/)
    },
  )

  it('leaves out what is finer than its level', async () => {
    const events = (await linesOf({ level: 'warn' })).map(line => JSON.parse(line).event)
    expect(new Set(events)).toEqual(
      new Set([
        'model_retried',
        'request_crashed',
        'task_crashed',
        'trace_failed',
        'task_reaped',
        'schedule_refused',
        'database_failed',
        'hearing_lost',
        'hearing_failed',
      ]),
    )
  })

  it('for people has one line for each event, without braces', async () => {
    const lines = await linesOf({ format: 'pretty', level: 'info' })
    expect(lines.some(line => line.endsWith('🟢 Agent Worker is ONLINE.'))).toBe(true)
    expect(lines.filter(line => line.includes('{'))).toEqual([])
  })
})
