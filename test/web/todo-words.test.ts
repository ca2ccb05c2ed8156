import { expect, test } from 'vitest'
import type { Todo } from '../../shared/todos.ts'
import { chosenTodos, dueWords } from '../../web/src/words/todo-words.ts'

const noon = new Date(2026, 10, 21, 12).getTime()

function aTodo(title: string, more: Partial<Todo> = {}): Todo {
  return {
    id: title,
    title,
    description: null,
    is_completed: false,
    completed_at: null,
    due_on: null,
    priority: 'normal',
    created_at: '2026-11-01T10:00:00Z',
    updated_at: '2026-11-01T10:00:00Z',
    ...more,
  }
}

test.each([
  ['2026-11-20', 'was due yesterday', 'late'],
  ['2026-11-16', 'was due Mon, Nov 16', 'late'],
  ['2026-11-21', 'due today', 'soon'],
  ['2026-11-22', 'due tomorrow', 'soon'],
  ['2026-11-25', 'due Wed, Nov 25', 'far'],
  ['2031-05-06', 'due May 6, 2031', 'far'],
])('on November 21 the day %s is “%s”', (day, text, tone) => {
  expect(dueWords(day, noon)).toEqual({ text, tone })
})

test('late in the evening it is still today', () => {
  expect(dueWords('2026-11-21', new Date(2026, 10, 21, 23, 59).getTime())?.text).toBe('due today')
})

test('what is due first comes first, then what is urgent, then what is new; what is done comes last', () => {
  const todos = [
    aTodo('done', { is_completed: true, completed_at: '2026-11-20T10:00:00Z', due_on: '2026-11-01' }),
    aTodo('old'),
    aTodo('new', { created_at: '2026-11-02T10:00:00Z' }),
    aTodo('urgent', { priority: 'high' }),
    aTodo('due', { due_on: '2026-12-01', priority: 'low' }),
  ]
  const titles = (filter: 'open' | 'completed' | 'all') => chosenTodos(todos, filter, '').map(({ title }) => title)
  expect(titles('all')).toEqual(['due', 'urgent', 'new', 'old', 'done'])
  expect(titles('open')).toEqual(['due', 'urgent', 'new', 'old'])
  expect(titles('completed')).toEqual(['done'])
})

test('a search looks into titles and descriptions, in capitals or not', () => {
  const todos = [aTodo('Buy MILK'), aTodo('Shop', { description: 'milk and bread' }), aTodo('Call home')]
  expect(chosenTodos(todos, 'open', ' milk ').map(({ title }) => title)).toEqual(['Buy MILK', 'Shop'])
})
