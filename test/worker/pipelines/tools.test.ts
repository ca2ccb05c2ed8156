import { type FunctionTool, invokeFunctionTool, RunContext } from '@openai/agents'
import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../worker/agents/context.ts'
import { createTools } from '../../../worker/pipelines/assistant/tools.ts'
import { only } from '../arrange.ts'

/** Calls a tool as the SDK does. */
async function use(name: string, args: object, context: Partial<TaskContext> = {}): Promise<unknown> {
  const tool = only(createTools().find(each => each.name === name)) as FunctionTool<TaskContext>
  return invokeFunctionTool({ tool, runContext: new RunContext(context as TaskContext), input: JSON.stringify(args) })
}

describe('current_time', () => {
  it('tells the time of a zone', async () => {
    expect(await use('current_time', { timeZone: 'Asia/Tokyo' })).toMatch(/\d{4} at \d\d:\d\d:\d\d (JST|GMT\+9)/)
  })

  it('tells the model when it does not know the zone', async () => {
    expect(await use('current_time', { timeZone: 'Mars/Olympus' })).toMatch(/did not work.*Mars\/Olympus/)
  })
})

describe('calculate', () => {
  it('computes', async () => {
    expect(await use('calculate', { expression: '6 * 7' })).toBe('42')
  })

  it('tells the model what cannot be computed', async () => {
    expect(await use('calculate', { expression: 'import("fs")' })).toMatch(/That did not work/)
  })
})

describe('recent_tasks', () => {
  it('has no way to name a user', () => {
    const tool = only(createTools().find(each => each.name === 'recent_tasks')) as FunctionTool<TaskContext>
    expect(Object.keys(tool.parameters.properties)).toEqual(['limit'])
  })
})

describe('the tools', () => {
  it('are new for each task', () => {
    expect(createTools().some((tool, n) => tool === createTools()[n])).toBe(false)
  })
})
