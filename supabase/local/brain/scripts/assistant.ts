import type { Result, Scene } from '../scene.ts'
import { call, type Reply, type Script, say } from '../script.ts'
import { LONG_TEXT, WHO_I_AM } from './assistant-texts.ts'
import { excuse } from './scenario-scene.ts'

const TOOLS = ['calculate', 'current_time', 'recent_tasks']

/** The kind `assistant`: a tool call if the question asks for one, else a text; after a tool's result, a sentence with it. */
export const assistant: Script = {
  name: 'Assistant',
  agent: /(?:)/,
  turn: scene => {
    const result = TOOLS.flatMap(scene.results)[0]
    return result ? say(report(result)) : (lookUp(scene) ?? say(textFor(scene.prompt)))
  },
}

function lookUp({ prompt, offers }: Scene): Reply | undefined {
  const expression = prompt.match(/[\d(][\d\s.,+\-*/^()]*[+\-*/^][\d\s.,+\-*/^()]*[\d)]/)?.[0]
  if (expression && offers('calculate')) return call('calculate', { expression: expression.replaceAll(',', '') })
  if (/\b(time|date|day is it|clock)\b/i.test(prompt) && offers('current_time')) {
    return call('current_time', { timeZone: timeZoneIn(prompt) })
  }
  if (/\b(did i ask|my (last|recent|previous|latest)|asked before)\b/i.test(prompt) && offers('recent_tasks')) {
    return call('recent_tasks', { limit: 5 })
  }
  return undefined
}

function textFor(prompt: string): string {
  return /\b(how does|explain|long|story|tell me)\b/i.test(prompt) ? LONG_TEXT : WHO_I_AM
}

function report({ tool, output }: Result): string {
  if (tool === 'calculate') return `The result is **${output}**.`
  if (tool === 'current_time') return `It is **${output}**.`
  const tasks: unknown = output.startsWith('[') ? JSON.parse(output) : output
  if (!Array.isArray(tasks)) return `I cannot see what you have asked: ${excuse(output)}`
  if (tasks.length === 0) return 'You have not asked anything before this.'
  return `You asked, the latest first:\n\n${tasks.map(task => `- ${task.prompt} (${task.status})`).join('\n')}`
}

function timeZoneIn(prompt: string): string {
  const zones = {
    berlin: 'Europe/Berlin',
    london: 'Europe/London',
    paris: 'Europe/Paris',
    'new york': 'America/New_York',
  }
  const more = {
    tokyo: 'Asia/Tokyo',
    sydney: 'Australia/Sydney',
    delhi: 'Asia/Kolkata',
    'san francisco': 'America/Los_Angeles',
  }
  return Object.entries({ ...zones, ...more }).find(([city]) => prompt.toLowerCase().includes(city))?.[1] ?? 'UTC'
}
