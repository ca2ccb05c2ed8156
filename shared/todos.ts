import { z } from 'zod'

// The words of models and people, so each refusal says what to do.
const isKeepable = [(text: string) => !text.includes('\0'), 'Leave out the NUL character.'] as const
const title = z
  .string('Give the todo a title.')
  .refine(...isKeepable)
  .trim()
  .min(1, 'The title is empty.')
  .max(200, 'The title is longer than 200 characters: put the rest into the description.')
const description = z
  .string()
  .max(2000, 'The description is longer than 2,000 characters: shorten it.')
  .refine(...isKeepable)
const dueOn = z.iso.date('Write the day as YYYY-MM-DD.').refine(day => day >= '0001', 'There is no year 0.')
const priority = z.enum(['low', 'normal', 'high'])
const taskId = z.guid('This is no id: take one from todo_list.').describe('The id of the todo, from todo_list.')

/** A row of `todos` as its user sees it. */
export const todo = z.object({
  id: z.guid(),
  title: z.string(),
  description: z.string().nullable(),
  is_completed: z.boolean(),
  completed_at: z.string().nullable(),
  due_on: z.string().nullable(),
  priority,
  created_at: z.string(),
  updated_at: z.string(),
})

/** A todo of the user who is signed in. */
export type Todo = z.output<typeof todo>

/** Which of one's todos are meant. */
export const todoStatus = z.enum(['open', 'completed', 'all'], 'Say open, completed or all.')

/** What each tool takes. None takes a user: whose todos they are the database knows. */
export const todoInputs = {
  todo_create: z.object({
    title: title.describe('What is to be done, in a few words.'),
    description: description.nullish().describe('More about it.'),
    due_on: dueOn.nullish().describe('The day by which it is to be done, as YYYY-MM-DD.'),
    priority: priority.nullish().describe('normal if left out.'),
  }),
  todo_list: z.object({
    status: todoStatus.nullish().describe('open if left out.'),
    search: z
      .string()
      .max(200)
      .refine(...isKeepable)
      .nullish()
      .describe('Only those with this text in the title.'),
    limit: z.int().min(1).max(100).nullish().describe('At most so many, the newest first; 50 if left out.'),
  }),
  todo_update: z.object({
    task_id: taskId,
    title: title.nullish().describe('A new title.'),
    description: description.nullish().describe('A new description; an empty text removes it.'),
    due_on: z
      .union([dueOn, z.literal('')])
      .nullish()
      .describe('A new day, as YYYY-MM-DD; an empty text removes it.'),
    priority: priority.nullish(),
  }),
  todo_complete: z.object({
    task_id: taskId,
    is_completed: z.boolean().nullish().describe('true if left out; false opens it again.'),
  }),
  todo_delete: z.object({
    task_id: taskId,
    title: title.describe('Its title, word for word: whoever is asked for consent reads this and no id.'),
  }),
}

const done = { success: z.literal(true), message: z.string() }
const one = { ...done, task_id: z.guid(), title: z.string() }

/** What each tool gives when it succeeds. */
export const todoOutputs = {
  todo_create: z.object({ ...one, todo }),
  todo_list: z.object({
    ...done,
    todos: z.array(todo),
    has_more: z.boolean().describe('There are more than these: narrow it down.'),
  }),
  todo_update: z.object({ ...one, todo }),
  todo_complete: z.object({ ...one, todo }),
  todo_delete: z.object(one),
}

/** The name of a tool for todos. */
export type TodoTool = keyof typeof todoInputs
