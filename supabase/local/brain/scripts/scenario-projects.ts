import type { Scene } from '../scene.ts'
import { call, type Reply, type Script, say } from '../script.ts'
import { escalation, excuse, given, passOn, player } from './scenario-scene.ts'

// The scenario `project_writer`: planner ⇄ writer ⇄ editor, each of whom ends with a stored draft.

const TEAM = ['planner', 'writer', 'editor']
const EDIT = /\b(edit|shorten|shorter|improve|correct|review|proofread|rewrite|tone|clearer)\b/i
const WRITE = /\b(write|draft|section|e-?mails?|letter|text|continue|go on)\b/i
const PLAN = /\b(plan|outline|structure|ideas?|brief)\b/i

type Draft = { id: string; title: string; kind: string; status: string; excerpt: string }

const planner = player('project_writer', 'planner', scene => {
  const wish = scene.prompt
  const others = EDIT.test(wish) ? passOn(scene, TEAM, 'editor', 'A text shall become better.') : undefined
  const first = escalation(scene) ?? others
  if (first) return first
  if (isGreeting(wish)) return say('What text do you need, for whom, and what shall they do when they have read it?')
  const stored = scene.results('store_draft_content').at(-1)
  if (stored) return endOf(scene, stored.output, wish)
  if (scene.results('fetch_project_context').length === 0) return call('fetch_project_context', { project: null })
  const topic = topicIn(wish)
  return store({ title: `Outline: ${topic}`, kind: 'outline', content: outlineOf(topic) })
})

const writer = player('project_writer', 'writer', scene => {
  const wish = scene.prompt
  const isTextAskedFor = WRITE.test(wish)
  const others = EDIT.test(wish)
    ? passOn(scene, TEAM, 'editor', 'A text shall become better.')
    : PLAN.test(wish) && !isTextAskedFor
      ? passOn(scene, TEAM, 'planner', 'An outline is wanted.')
      : undefined
  if (others) return others
  const stored = scene
    .results('store_draft_content')
    .filter(({ args }) => args.kind !== 'outline')
    .at(-1)
  if (stored) return say(storedIn(stored.output))
  if (scene.results('list_drafts').length === 0) return call('list_drafts', {})
  const topic = topicIn(wish)
  const kind = /\b(e-?mails?|letter|message)\b/i.test(wish) ? 'message' : 'section'
  const same = draftsIn(scene).find(
    ({ title, kind: of, status }) => title === topic && of === kind && status === 'draft',
  )
  return store({ title: topic, kind, content: textOn(topic), draft: same?.id ?? null })
})

const editor = player('project_writer', 'editor', scene => {
  const wish = scene.prompt
  const others =
    !EDIT.test(wish) && PLAN.test(wish) ? passOn(scene, TEAM, 'planner', 'An outline is wanted.') : undefined
  const next =
    others ??
    (!EDIT.test(wish) && WRITE.test(wish) ? passOn(scene, TEAM, 'writer', 'A new text is wanted.') : undefined)
  if (next) return next
  const stored = scene.results('store_draft_content').at(-1)
  if (stored)
    return say(`${storedIn(stored.output)} Changed: shorter sentences, one thought in each, and the main point first.`)
  if (scene.results('list_drafts').length === 0) return call('list_drafts', {})
  const draft = named(draftsIn(scene), wish)
  if (!draft) return say('I find no draft of yours that I could edit. Please paste the text.')
  const text = scene.results('read_draft').at(-1)
  if (!text) return call('read_draft', { draft: draft.id })
  const replaced = draft.status === 'draft' ? draft.id : null
  return store({
    title: draft.title,
    kind: draft.kind,
    content: edited(given<{ content: string }>(text.output)?.content ?? draft.excerpt),
    draft: replaced,
  })
})

export const projectWriter: Script[] = [planner, writer, editor]

function isGreeting(wish: string): boolean {
  return !WRITE.test(wish) && !PLAN.test(wish) && wish.split(/\s+/).length < 4
}

/** The outline is there; who wants the text as well gets the writer. */
function endOf(scene: Scene, output: string, wish: string): Reply {
  const isText = /\b(write|text)\b/i.test(wish) && given(output) !== undefined
  const next = isText ? passOn(scene, TEAM, 'writer', 'The outline is stored, and the text is wanted.') : undefined
  return next ?? say(storedIn(output))
}

function store(draft: { title: string; kind: string; content: string; draft?: string | null }): Reply {
  return call('store_draft_content', { draft: null, ...draft })
}

function storedIn(output: string): string {
  const stored = given<{ title: string }>(output)
  return stored ? `I stored **${stored.title}** among your drafts.` : `It could not be stored: ${excuse(output)}`
}

function draftsIn(scene: Scene): Draft[] {
  return given<Draft[]>(scene.results('list_drafts').at(-1)?.output) ?? []
}

/** The one whose title has most words of the wish; the latest if none has any. */
function named(drafts: Draft[], wish: string): Draft | undefined {
  const words = wish.toLowerCase().match(/\p{L}{4,}/gu) ?? []
  const scores = drafts.map(({ title }) => words.filter(word => title.toLowerCase().includes(word)).length)
  return drafts[scores.indexOf(Math.max(...scores))]
}

function topicIn(wish: string): string {
  const about =
    wish.match(/\b(?:about|on|for|of)\s+(?:the\s+|our\s+|my\s+|an?\s+)?([^.!?\n]{3,80})/i)?.[1] ?? wish.slice(0, 60)
  return about.charAt(0).toUpperCase() + about.slice(1).trim()
}

function outlineOf(topic: string): string {
  const parts = [
    ['Why now', 'What has changed, in two sentences.'],
    [topic, 'What it is, and for whom.'],
    ['What it takes', 'People, time and money: [to be filled in].'],
    ['What may go wrong', 'The two risks that matter, and the answer to each.'],
    ['Next steps', 'Who does what until when: [to be filled in].'],
  ]
  return parts.map(([heading, line]) => `## ${heading}\n\n${line}`).join('\n\n')
}

function textOn(topic: string): string {
  return `## ${topic}

This is what it is about, said plainly: ${topic}. It matters now because [to be filled in].

The work has three parts. First we agree on what done means. Then we do the smallest thing that shows whether we are right.
At last we write down what we have learnt, so that the next ones need not learn it again.

What we need: [to be filled in]. Until when: [to be filled in].`
}

function edited(text: string): string {
  const sentences = text.replaceAll(/\s+/g, ' ').match(/[^.!?]+[.!?]+/g) ?? [text]
  return sentences.map(sentence => sentence.trim().replaceAll(/\b(very|really|basically|actually) /gi, '')).join('\n')
}
