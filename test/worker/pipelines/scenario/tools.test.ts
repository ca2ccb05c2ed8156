import { describe, expect, it } from 'vitest'
import { scenarioTools } from '../../../../worker/pipelines/scenario/tools.ts'
import { setScene } from '../../arrange.ts'

const { sql } = await setScene()
const terms = { remove: [], guardrails: [] }

describe('the tools of scenarios', () => {
  it('are those of the table, each with its words and parameters', async () => {
    const rows = await sql`select name, description, parameters from public.scenario_tools order by name`
    const made = Object.values(scenarioTools).map(make => make(terms))
    const described = made.map(({ name, description, parameters }) => {
      const { $schema: _, ...schema } = parameters as { $schema?: string }
      return { name, description, parameters: { ...schema } }
    })
    const sorted = described.sort((a, b) => a.name.localeCompare(b.name, 'en'))
    expect(sorted.map(({ name, description }) => [name, description])).toEqual(
      rows.map(({ name, description }) => [name, description]),
    )
    for (const [index, { name, parameters }] of sorted.entries()) {
      expect(namesIn(parameters), name).toEqual(namesIn(rows[index]?.parameters))
    }
  })

  it('have the name that they stand under', () => {
    for (const [name, make] of Object.entries(scenarioTools)) expect(make(terms).name).toBe(name)
  })

  it('ask a person exactly where the table says that they may', async () => {
    const rows = await sql`select name from public.scenario_tools where needs_approval`
    const asking: string[] = []
    for (const make of Object.values(scenarioTools)) {
      const tool = make(terms)
      const input = { order: '1', amount: 1_000_000, reason: 'All.' }
      if (await tool.needsApproval({} as never, input as never)) asking.push(tool.name)
    }
    expect(asking).toEqual(rows.map(({ name }) => name))
  })
})

/** The keys that must be there: the rest of a schema is compared where it is written. */
function namesIn(schema: unknown): string[] {
  const { properties = {}, required = [] } = schema as { properties?: object; required?: string[] }
  expect([...required].sort()).toEqual(Object.keys(properties).sort())
  return Object.keys(properties).sort()
}
