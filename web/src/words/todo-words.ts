import type { Todo } from '../../../shared/todos.ts'

/** Which todos are shown. */
export const todoFilters = { open: 'Open', completed: 'Done', all: 'All' } as const

/** The name of a choice of todos. */
export type TodoFilter = keyof typeof todoFilters

/** How urgent a todo is. */
export const priorityNames: Record<Todo['priority'], string> = { low: 'Low', normal: 'Normal', high: 'High' }

const day = new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
const year = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const rank = { high: 0, normal: 1, low: 2 }

/** When a todo is due, and how that is to be taken: "today", "Mon, Nov 23"; null for no day. */
export function dueWords(dueOn: string | null, now: number): { text: string; tone: 'late' | 'soon' | 'far' } | null {
  if (dueOn === null) return null
  const days = Math.round((Date.parse(dueOn) - Date.parse(dayOf(now))) / 86_400_000)
  if (days < 0) return { text: days === -1 ? 'was due yesterday' : `was due ${near(dueOn, days)}`, tone: 'late' }
  if (days === 0) return { text: 'due today', tone: 'soon' }
  if (days === 1) return { text: 'due tomorrow', tone: 'soon' }
  return { text: `due ${near(dueOn, days)}`, tone: 'far' }
}

/** The todos of a choice that have the text in them: open ones by day and urgency, then the done ones, the latest first. */
export function chosenTodos(todos: readonly Todo[], filter: TodoFilter, text: string): Todo[] {
  const wanted = text.trim().toLowerCase()
  return todos
    .filter(({ is_completed }) => filter === 'all' || is_completed === (filter === 'completed'))
    .filter(({ title, description }) => `${title} ${description ?? ''}`.toLowerCase().includes(wanted))
    .toSorted(inOrder)
}

function inOrder(a: Todo, b: Todo): number {
  if (a.is_completed !== b.is_completed) return a.is_completed ? 1 : -1
  if (a.is_completed) return (b.completed_at ?? '').localeCompare(a.completed_at ?? '')
  return (
    (a.due_on ?? '9999').localeCompare(b.due_on ?? '9999') ||
    rank[a.priority] - rank[b.priority] ||
    b.created_at.localeCompare(a.created_at)
  )
}

/** The present day where the user is, as YYYY-MM-DD. */
function dayOf(now: number): string {
  const date = new Date(now)
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(part => String(part).padStart(2, '0')).join('-')
}

function near(dueOn: string, days: number): string {
  return (Math.abs(days) > 300 ? year : day).format(new Date(dueOn))
}
