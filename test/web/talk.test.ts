import { expect, test } from 'vitest'
import type { Said, ScenarioDecision } from '../../shared/client/scenario-rows.ts'
import { talkOf } from '../../web/src/hooks/scenarios/talk-of.ts'
import { decisionWords, withoutPage } from '../../web/src/words/scenario-words.ts'
import { resultLine, toolTitle, valuesLine } from '../../web/src/words/tool-words.ts'
import { aTask } from '../shared/a-task.ts'

const at = (second: number) => `2026-11-21T12:00:${String(second).padStart(2, '0')}.000000+00:00`

function aSaid(seq: number, second: number, more: Partial<Said> = {}): Said {
  const said = { seq, role: 'assistant', text: `said ${seq}`, source: 'human', agent: null, task_id: null } as const
  return { ...said, created_at: at(second), ...more }
}

function aDecision(id: string, second: number, task_id: string | null): ScenarioDecision {
  const decision = {
    id,
    task_id,
    from_agent: 'desk',
    to_agent: 'sales',
    reason: 'Because.',
    source: 'handoff',
  } as const
  return { ...decision, created_at: at(second) }
}

test('turns, spoken words, a person’s answers and decisions stand in one order', () => {
  const turns = [aTask({ id: 'one', created_at: at(1) }), aTask({ id: 'two', created_at: at(5) })]
  const said = [aSaid(1, 1, { task_id: 'one' }), aSaid(2, 3), aSaid(3, 4, { source: 'voice' }), aSaid(4, 4)]
  const decisions = [
    aDecision('of a turn', 2, 'one'),
    aDecision('by voice', 4, null),
    aDecision('of one gone', 0, 'gone'),
  ]
  const talk = talkOf({ turns, said, decisions })
  expect(talk.map(({ key }) => key)).toEqual(['of one gone', 'one', 'said 2', 'said 3', 'said 4', 'by voice', 'two'])
  expect(talk.flatMap(entry => (entry.type === 'turn' ? entry.decisions.map(({ id }) => id) : []))).toEqual([
    'of a turn',
  ])
})

test('agents are named as readers know them', () => {
  const titles = new Map([['desk', 'Front desk']])
  expect(decisionWords(aDecision('1', 1, null), titles)).toBe('Front desk handed over to sales')
})

test('a user’s words are shown without the page that agents are told of', () => {
  expect(withoutPage('Hello\n<page>\n{"path":"/shop"}\n</page>')).toBe('Hello')
  expect(withoutPage('What does <page> mean?')).toBe('What does <page> mean?')
})

test('a tool call is told in one line, without ids, and an excuse as what it is', () => {
  const id = '0edd0ce6-e0f8-418e-997d-1a0ea05fcc88'
  expect(valuesLine({ task_id: id, title: 'Milk', due_on: null })).toBe('title: Milk')
  expect(resultLine('{"success":true,"message":"Todo created."}')).toBe('Todo created.')
  expect(resultLine([{ number: 1 }, { number: 2 }])).toBe('2 results')
  expect(resultLine('This call failed: no such todo.')).toBe('no such todo.')
  expect(resultLine({ error: 'Too much.' })).toBe('Too much.')
  expect(toolTitle('weigh_parcel')).toBe('Weigh parcel')
})
