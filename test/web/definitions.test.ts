import { expect, test } from 'vitest'
import { type AgentDefinition, type ScenarioDefinition, scenarioDefinition } from '../../shared/scenarios.ts'
import { graphOf } from '../../web/src/components/registry/graph-of.ts'
import {
  linesOf,
  modelIssues,
  newAgent,
  newDefinition,
  placeName,
  renamed,
} from '../../web/src/words/definition-words.ts'
import { changedParts, diffOf } from '../../web/src/words/line-diff.ts'

const anAgent = (name: string, handoffs: string[] = []): AgentDefinition => ({ ...newAgent([]), name, handoffs })

function aDefinition(...agents: AgentDefinition[]): ScenarioDefinition {
  return { ...newDefinition(), rootAgent: agents[0]?.name ?? '', agents }
}

const signed = (before: string[], after: string[]) => diffOf(before, after).map(({ sign, text }) => `${sign}${text}`)

test('a diff keeps what both texts have, and shows what went before what came', () => {
  expect(signed(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual([' a', '-b', '+x', ' c', '+d'])
  expect(signed([], ['a'])).toEqual(['+a'])
  expect(signed(['a'], [])).toEqual(['-a'])
})

test('of a long diff what is far from any change is left out', () => {
  const before = [...'abcdefghij']
  const parts = changedParts(diffOf(before, before.with(5, 'X')), 1)
  expect(parts.map(line => line && line.sign + line.text)).toEqual([null, ' e', '-f', '+X', ' g', null])
})

test('a new scenario may be saved as it is, and so may one with a new agent', () => {
  const definition = newDefinition()
  expect(scenarioDefinition.safeParse(definition).success).toBe(true)
  const more = { ...definition, agents: [...definition.agents, newAgent(['assistant'])] }
  expect(scenarioDefinition.safeParse(more).success).toBe(true)
})

test('an agent with another name is meant wherever the former one was', () => {
  const before = aDefinition(anAgent('desk', ['sales']), anAgent('sales', ['desk']))
  const after = renamed(before, 0, 'front')
  expect(after.rootAgent).toBe('front')
  expect(after.agents.map(({ name, handoffs }) => [name, handoffs])).toEqual([
    ['front', ['sales']],
    ['sales', ['front']],
  ])
})

test('a name that another agent has takes nothing from that one, and leads back', () => {
  const before = aDefinition(anAgent('desk', ['sales', 'returns']), anAgent('sales', ['desk']), anAgent('returns'))
  const taken = renamed(before, 2, 'sales')
  expect(taken.agents[0]?.handoffs).toEqual(['sales', 'returns'])
  expect(renamed(taken, 2, 'returns')).toEqual(before)
})

test('a problem is found by the agent or the field that has it', () => {
  const definition = aDefinition({ ...anAgent('desk'), title: 'Front desk' })
  expect(placeName('agents.0.handoffs.1', definition)).toBe('Front desk')
  expect(placeName('rootAgent', definition)).toBe('Root agent')
})

test('models that are not allowed are named, each at its place', () => {
  const definition = aDefinition({ ...anAgent('desk'), model: 'small' }, { ...anAgent('sales'), model: 'huge' })
  definition.overrides.models = ['small', 'vast']
  expect(modelIssues(definition, ['small']).map(({ at, message }) => [at, message.match(/“(.+)”/)?.[1]])).toEqual([
    ['agents.1.model', 'huge'],
    ['overrides.models', 'vast'],
  ])
  expect(modelIssues(aDefinition(anAgent('desk')), [])).toEqual([])
})

test('instructions are compared by their lines', () => {
  const definition = aDefinition({ ...anAgent('desk'), instructions: 'One.\nTwo.' })
  expect(linesOf(definition).slice(-2)).toEqual(['    One.', '    Two.'])
})

test('the root stands on top, a handoff to and fro is one line, and whom nobody reaches is there too', () => {
  const { nodes, edges } = graphOf(
    aDefinition(anAgent('desk', ['sales']), anAgent('sales', ['desk']), anAgent('night')),
  )
  expect(nodes.map(({ name, isRoot }) => [name, isRoot])).toEqual([
    ['desk', true],
    ['sales', false],
    ['night', false],
  ])
  expect(nodes.map(({ y }) => y)).toEqual(nodes.map(({ y }) => y).toSorted((a, b) => a - b))
  expect(edges.map(({ from, to, isBoth }) => [from.name, to.name, isBoth])).toEqual([['desk', 'sales', true]])
})

test('what cannot be saved is drawn all the same: no root, two of one name, a handoff to nobody or itself', () => {
  const odd = { ...aDefinition(anAgent('a', ['a', 'nobody']), anAgent('a')), rootAgent: 'gone' }
  expect(graphOf(odd).nodes).toHaveLength(2)
  expect(graphOf(odd).edges).toEqual([])
})
