import { expect, test } from 'vitest'
import { parseTask } from '../../shared/client/task-rows.ts'
import { aTask } from './a-task.ts'

test.each([
  [null, null],
  [0.25, 0.25],
  ['0.25', 0.25],
])('a budget of money may come as %j', (given, budget) => {
  expect(parseTask({ ...aTask(), cost_budget: given }).cost_budget).toBe(budget)
})
