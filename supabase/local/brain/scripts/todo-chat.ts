import type { Result, Scene } from '../scene.ts'
import { call, type Reply, type Script, say } from '../script.ts'
import { type Wish, wishIn } from './todo-wishes.ts'

// The kind `todo-chat`: one agent with the tools of the todos' MCP server.
//
//   Todos ─▶ todo_create ─▶ answer
//        └─▶ todo_list ─┬─▶ answer
//                       └─▶ todo_update | todo_complete | todo_delete (waits for a person) ─▶ answer

const WHAT_I_DO = `I am the **demo model**, and keep your todo list by a few rules. Try:

- *Create a task called Buy groceries*
- *What is on my list?*
- *Rename groceries to Buy milk*
- *Mark milk as done*
- *Delete milk*, for which I have to ask you`

const CHANGES = ['todo_create', 'todo_update', 'todo_complete', 'todo_delete']

type Todo = { id: string; title: string; is_completed: boolean; due_on: string | null; priority: string }

const todos: Script = {
  name: 'Todos',
  agent: /^You are Todos\b/,
  turn: scene => {
    const changed = CHANGES.flatMap(scene.results)
    if (changed.length > 0) return say(changed.map(outcomeOf).join('\n\n'))
    const wish = wishIn(scene.prompt)
    if (!wish) return say(WHAT_I_DO)
    if (wish.kind === 'create') return create(wish)
    const found = scene.results('todo_list').at(-1)
    if (!found) return call('todo_list', { status: wish.kind === 'list' ? wish.status : 'all', limit: 100 })
    const list = listIn(found)
    return wish.kind === 'list' ? say(listed(list, wish.status)) : change(wish, namedIn(wish.about, list, scene))
  },
}

export const todoChat: Script[] = [todos]

function create({ titles, due_on, priority }: Extract<Wish, { kind: 'create' }>): Reply {
  const more = { ...(due_on && { due_on }), ...(priority && { priority }) }
  return titles.map(title => call('todo_create', { title, ...more }))
}

function change(wish: Exclude<Wish, { kind: 'create' | 'list' }>, named: Todo[]): Reply {
  if (named.length === 0) return say('I find no such todo on your list.')
  if (named.length > 1) return say(`Which one do you mean?\n\n${named.map(described).join('\n')}`)
  const [{ id, title } = { id: '', title: '' }] = named
  if (wish.kind === 'delete') return call('todo_delete', { task_id: id, title })
  if (wish.kind === 'complete') return call('todo_complete', { task_id: id, is_completed: wish.is_completed })
  const { kind: _kind, about: _about, ...values } = wish
  return call('todo_update', { task_id: id, ...values })
}

/** The todos that share the most words with a prompt; `it` is the one that was spoken of last. */
function namedIn(about: string, list: Todo[], scene: Scene): Todo[] {
  const words = new Set(wordsOf(about))
  const scores = list.map(({ title }) => wordsOf(title).filter(word => words.has(word)).length)
  const most = Math.max(0, ...scores)
  if (most > 0) return list.filter((_, index) => scores[index] === most)
  if (!/\b(?:it|that|this|one)\b/i.test(about)) return []
  const last = CHANGES.flatMap(scene.earlier).at(-1)
  return list.filter(({ id }) => id === idOf(last))
}

function idOf(result: Result | undefined): unknown {
  return result && (result.args.task_id ?? read(result.output)?.task_id)
}

function listIn({ output }: Result): Todo[] {
  return (read(output)?.todos ?? []) as Todo[]
}

/** What does not begin like an object is the tool's excuse. */
function read(output: string): Record<string, unknown> | undefined {
  return output.startsWith('{') ? JSON.parse(output) : undefined
}

const DONE: Record<string, (title: string) => string> = {
  todo_create: title => `Done! I've created the task '${title}' for you.`,
  todo_update: title => `I have changed it: **${title}**.`,
  todo_complete: title => `**${title}** is checked off.`,
  todo_delete: title => `**${title}** is deleted.`,
}

function outcomeOf({ tool, args, output }: Result): string {
  const result = read(output)
  if (!result) return `That did not work out: ${output.replace(/^This call failed: /, '')}`
  if (tool === 'todo_complete' && args.is_completed === false) return `**${result.title}** is open again.`
  return DONE[tool]?.(String(result.title)) ?? output
}

function listed(list: Todo[], status: string): string {
  if (list.length === 0) return status === 'completed' ? 'Nothing is completed yet.' : 'Your list is empty.'
  return `${status === 'completed' ? 'Done:' : 'On your list:'}\n\n${list.map(described).join('\n')}`
}

function described({ title, is_completed, due_on, priority }: Todo): string {
  const notes = [due_on && `due ${due_on}`, priority !== 'normal' && `${priority} priority`].filter(Boolean)
  return `- ${is_completed ? `~~${title}~~` : `**${title}**`}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`
}

const SMALL_WORDS = new Set(['and', 'for', 'the', 'with', 'task', 'todo', 'list', 'mark', 'done', 'delete', 'remove'])

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? []
  return words.filter(word => !SMALL_WORDS.has(word))
}
