import { describe, expect, it } from 'vitest'
import { type Wish, wishIn } from '../../../supabase/local/brain/scripts/todo-wishes.ts'

const create = (titles: string[], more = {}): Wish => ({ kind: 'create', titles, ...more })

describe('what a prompt wants of the todo list', () => {
  it.each<[string, Wish | undefined]>([
    ['Create a task called Buy groceries', create(['Buy groceries'])],
    ['Create task: Buy groceries.', create(['Buy groceries'])],
    ['Add milk to my list', create(['Milk'])],
    ['Please add "Milk" and "Bread"', create(['Milk', 'Bread'])],
    ['Remind me to call Tom', create(['Call Tom'])],
    ['Add a todo to pay the rent, due 2026-12-01', create(['Pay the rent'], { due_on: '2026-12-01' })],
    ['Create a task: tax return with high priority', create(['Tax return'], { priority: 'high' })],
    ['What is on my list?', { kind: 'list', status: 'open' }],
    ['Which tasks are done?', { kind: 'list', status: 'completed' }],
    ['Show all todos', { kind: 'list', status: 'all' }],
    ['Rename groceries to Buy milk', { kind: 'update', about: 'Rename groceries', title: 'Buy milk' }],
    ['Set groceries to high priority', { kind: 'update', about: 'Set groceries', priority: 'high' }],
    ['Move it to 2026-12-01', { kind: 'update', about: 'Move it', due_on: '2026-12-01' }],
    ['Mark groceries as done', { kind: 'complete', about: 'Mark groceries as done', is_completed: true }],
    ['Reopen groceries', { kind: 'complete', about: 'Reopen groceries', is_completed: false }],
    ['Delete groceries', { kind: 'delete', about: 'Delete groceries' }],
    ['Hello', undefined],
  ])('%s', (prompt, wish) => {
    expect(wishIn(prompt)).toEqual(wish)
  })
})
