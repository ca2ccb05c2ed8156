import type { PostgrestError } from '@supabase/supabase-js'
import type { z } from 'zod'
import { type Todo, todo, type todoStatus } from '../todos.ts'
import { AgentTaskError, errorOfResponse } from './agent-task-error.ts'
import { patienceMs, type Supabase } from './supabase.ts'

const columns = Object.keys(todo.shape).join(',')

/** What can be said of a todo by its user. */
export type TodoFields = Partial<Pick<Todo, 'title' | 'description' | 'due_on' | 'priority' | 'is_completed'>>

/**
 * Adds a todo of the user who is signed in. The same `callKey` again gives the todo that it has made before, as it is now.
 * @throws AgentTaskError `invalid_request`, `too_many_tasks` (the caps of todos), `signed_out`, `unreachable`
 */
export async function createTodo(
  supabase: Supabase,
  fields: TodoFields & { title: string },
  callKey?: string,
): Promise<Todo> {
  const { data, error, status } = await supabase
    .from('todos')
    .insert({ ...fields, ...(callKey && { call_key: callKey }) })
    .select(columns)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .single()
  if (!error) return todo.parse(data)
  const known = callKey && error.code === '23505' ? await todoOfCall(supabase, callKey) : null
  if (known) return known
  throw errorOfResponse(error, status)
}

/**
 * Lists todos of one's own, the newest first.
 * @param search only those with this text in their title
 * @throws AgentTaskError `signed_out`, `unreachable`
 */
export async function listTodos(
  supabase: Supabase,
  { status, search, limit }: { status: z.output<typeof todoStatus>; search?: string | undefined; limit: number },
): Promise<{ todos: Todo[]; hasMore: boolean }> {
  let query = supabase.from('todos').select(columns)
  if (status !== 'all') query = query.eq('is_completed', status === 'completed')
  if (search) query = query.ilike('title', `%${literally(search)}%`)
  const {
    data,
    error,
    status: http,
  } = await query
    .order('created_at', { ascending: false })
    .order('id')
    .limit(limit + 1)
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, http)
  const rows = todo.array().parse(data)
  return { todos: rows.slice(0, limit), hasMore: rows.length > limit }
}

/** Changes a todo. @throws AgentTaskError `todo_not_found`, and as createTodo */
export async function changeTodo(supabase: Supabase, id: string, fields: TodoFields): Promise<Todo> {
  const query = supabase.from('todos').update(fields).eq('id', id).select(columns)
  return theOne(id, await query.abortSignal(AbortSignal.timeout(patienceMs)).maybeSingle())
}

/**
 * Deletes a todo and gives back what it was.
 * @param title if given, only while this is its title
 * @throws AgentTaskError `todo_not_found`, `signed_out`, `unreachable`
 */
export async function deleteTodo(supabase: Supabase, id: string, title?: string): Promise<Todo> {
  let query = supabase.from('todos').delete().eq('id', id)
  if (title !== undefined) query = query.eq('title', title)
  return theOne(id, await query.select(columns).abortSignal(AbortSignal.timeout(patienceMs)).maybeSingle(), title)
}

type Answer = { data: unknown; error: PostgrestError | null; status: number }

/** Somebody else's todo and none are the same to whoever asks. */
function theOne(id: string, { data, error, status }: Answer, title?: string): Todo {
  if (error) throw errorOfResponse(error, status)
  if (data !== null) return todo.parse(data)
  const named = title === undefined ? '' : ` and the title "${title}"`
  throw new AgentTaskError('todo_not_found', `There is no todo with the id ${id}${named}; it may be deleted by now.`)
}

async function todoOfCall(supabase: Supabase, callKey: string): Promise<Todo | null> {
  const query = supabase.from('todos').select(columns).eq('call_key', callKey)
  const { data, error, status } = await query.abortSignal(AbortSignal.timeout(patienceMs)).maybeSingle()
  if (error) throw errorOfResponse(error, status)
  return data === null ? null : todo.parse(data)
}

/** As a pattern that means itself. A star cannot be escaped in a URL filter, so it stands for any one character. */
function literally(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '_')
}
