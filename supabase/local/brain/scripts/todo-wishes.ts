/** What a prompt wants of the todo list; `about` are the words that name a todo. */
export type Wish =
  | { kind: 'create'; titles: string[]; due_on?: string; priority?: string }
  | { kind: 'list'; status: 'open' | 'completed' | 'all' }
  | { kind: 'update'; about: string; title?: string; due_on?: string; priority?: string }
  | { kind: 'complete'; about: string; is_completed: boolean }
  | { kind: 'delete'; about: string }

const CREATE = /^(?:please )?(?:can you |could you )?(?:create|add|make|note|new|remind me to|i (?:need|have) to)\b/i
const DELETE = /\b(?:delete|remove|drop|get rid of)\b/i
const REOPEN = /\b(?:reopen|open again|uncheck|not done)\b/i
const COMPLETE = /\b(?:complete|finish(?:ed)?|done|check(?: off)?|tick(?: off)?|mark)\b/i
const UPDATE = /\b(?:rename|change|update|edit|move|set|postpone)\b/i
const LIST = /\b(?:list|show|what|which|how many|todos?|tasks?)\b/i

/** Reads a prompt as a person who knows English would, roughly. Undefined: it is about something else. */
export function wishIn(prompt: string): Wish | undefined {
  const text = prompt.replace(/[.!?]+$/, '').trim()
  const values = valuesIn(text)
  if (CREATE.test(text)) return { kind: 'create', titles: titlesIn(text), ...values }
  if (DELETE.test(text)) return { kind: 'delete', about: text }
  if (UPDATE.test(text))
    return { kind: 'update', about: text.split(/\s+(?:in)?to\s+/i)[0] ?? text, ...newTitleIn(text), ...values }
  if (REOPEN.test(text)) return { kind: 'complete', about: text, is_completed: false }
  if (COMPLETE.test(text) && !/^(?:what|which|show|list)\b/i.test(text)) {
    return { kind: 'complete', about: text, is_completed: true }
  }
  if (LIST.test(text)) return { kind: 'list', status: statusIn(text) }
  return undefined
}

/** `Create a task called "Buy milk"`, `add milk and bread to my list`: what is to be noted. */
function titlesIn(text: string): string[] {
  const quoted = [...text.matchAll(/["“'‘]([^"”'’]+)["”'’]/g)].map(([, title = '']) => title.trim())
  if (quoted.length > 0) return quoted
  const rest = text
    .replace(CREATE, '')
    .replace(
      /^\s*(?:a |an |the |another )?(?:new )?(?:todos?|tasks?|items?)?\s*(?:called|named|titled|to|:|,|–|-)?\s*/i,
      '',
    )
    .replace(/\s+(?:to|on|in) (?:my|the) (?:\w+ )?(?:list|todos?|tasks?)$/i, '')
    .replace(/,?\s*(?:due|by|until)(?: on)? \d{4}-\d\d-\d\d/i, '')
    .replace(/,?\s*(?:with |at )?(?:a )?(?:high|low|normal) priority/i, '')
  return [capitalized(rest.trim().slice(0, 200) || 'New todo')]
}

function newTitleIn(text: string): { title?: string } {
  const title = /\b(?:rename|change)\b/i.test(text) && text.match(/\s(?:in)?to\s+["“']?(.+?)["”']?$/i)?.[1]
  return title && !/priority/i.test(text) ? { title: capitalized(title) } : {}
}

function valuesIn(text: string): { due_on?: string; priority?: string } {
  const day = text.match(/\b\d{4}-\d\d-\d\d\b/)?.[0]
  const priority = /priority/i.test(text) && text.match(/\b(high|low|normal)\b/i)?.[1]?.toLowerCase()
  return { ...(day && { due_on: day }), ...(priority && { priority }) }
}

function statusIn(text: string): 'open' | 'completed' | 'all' {
  if (/\ball\b/i.test(text)) return 'all'
  return /\b(?:completed|finished|done)\b/i.test(text) ? 'completed' : 'open'
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
