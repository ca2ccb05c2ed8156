import type { Scene } from '../scene.ts'
import { call, type Script, say } from '../script.ts'
import { read } from './course-planning.ts'
import type { Plan } from './course-research.ts'

/** So many modules are written at once, as the agent is told. */
const AT_ONCE = 4

/** Has the modules written that can be, until there is none left. */
export const contentAgent: Script = {
  name: 'Content Agent',
  agent: /^You are the Content Agent\b/,
  turn: scene => {
    const plan = read<Plan>(scene, 'read_course_plan')
    if (!plan) return call('read_course_plan', {})
    const done = (number: number) =>
      isStored(plan, number) ||
      scene.results('write_module').some(({ args, output }) => args.module === number && output.includes('content_id'))
    const tries = (number: number) => scene.results('write_module').filter(({ args }) => args.module === number).length
    const next = plan.modules.filter(
      ({ number, depends_on }) => !done(number) && tries(number) < 2 && depends_on.every(done),
    )
    if (next.length > 0) return next.slice(0, AT_ONCE).map(({ number }) => call('write_module', { module: number }))
    return say(summary(plan))
  },
}

function isStored({ modules }: Plan, number: number): boolean {
  return modules.some(module => module.number === number && module.content_id !== null)
}

function summary({ modules }: Plan): string {
  const [first = '', ...others] = [...new Set(modules.map(({ skill }) => skill))]
  const free = others.length > 1 ? ', in whichever order suits you' : ''
  const then = others.length > 0 ? ` It goes on with ${listed(others)}${free}.` : ''
  return `This course closes the gaps that matter most for the position, beginning with ${first}.${then} Each module ends with an exercise from everyday work and three questions to check yourself by. Take the time that the learning path plans for it, and do the exercises: they are where the skill comes from.`
}

export const writer: Script = {
  name: 'Module Writer',
  agent: /^You are the Module Writer\b/,
  turn: scene => {
    const brief = briefIn(scene)
    return brief ? say(moduleText(brief, wishIn(scene))) : say('There is no brief to write from.')
  },
}

type Brief = {
  module: {
    number: number
    title: string
    skill: string
    from_level: number
    to_level: number
    objectives: string[]
    hours: number
  }
  learner: { position: string; department: string; learning_style: string }
  findings: { claim: string; sources: number[] }[]
  sources: { number: number; title: string; excerpt: string }[]
}

function briefIn({ prompt }: Scene): Brief | undefined {
  const json = prompt.match(/<brief>\n(.+)\n<\/brief>/)?.[1]
  return json ? (JSON.parse(json) as Brief) : undefined
}

function wishIn({ prompt }: Scene): string | undefined {
  const json = prompt.match(/What shall be different this time: (".*")/)?.[1]
  return json && (JSON.parse(json) as string)
}

function moduleText(brief: Brief, wish: string | undefined): string {
  const sections = sectionsOf(brief)
  const exercise = sections.filter(({ heading }) => isExercise(heading))
  const matter = sections.filter(({ heading }) => !isExercise(heading))
  return [
    opening(brief),
    ...(wish ? [`*Written again, with this in mind: ${wish}*`] : []),
    ...(matter.length > 0 ? matter.map(({ heading, text }) => `## ${heading}\n\n${text}`) : [bare(brief)]),
    `## Try it\n\n${exercise.map(({ text }) => text).join('\n\n') || task(brief)}\n\n${manner(brief)}`,
    `## Check yourself\n\n${questions(matter, brief)}`,
  ].join('\n\n')
}

function opening({ module, learner }: Brief): string {
  const { objectives, hours, skill, from_level, to_level } = module
  return `After this module you can ${listed(objectives)}. Your position (${learner.position}) asks for ${skill} at level ${to_level}, and you come from level ${from_level}. Plan about ${hours} hours, the exercise included.`
}

type Section = { heading: string; text: string }

/** Findings with the same heading belong together, as a list if there are many; each cites its sources. */
function sectionsOf({ findings }: Brief): Section[] {
  const sections = new Map<string, string[]>()
  for (const { claim, sources } of findings) {
    const [heading = '', text = ''] = claim.split(/: (.*)/s)
    const [title, said] = text ? [heading, text] : ['What is known', claim]
    sections.set(title, [...(sections.get(title) ?? []), `${said} ${sources.map(number => `[${number}]`).join('')}`])
  }
  return [...sections].map(([heading, texts]) => ({
    heading,
    text: texts.length > 2 ? texts.map(text => `- ${text}`).join('\n') : texts.join('\n\n'),
  }))
}

function isExercise(heading: string): boolean {
  return /exercise|try (it|this)|practice/i.test(heading)
}

function bare({ module }: Brief): string {
  const parts = module.objectives.map(
    objective =>
      `- **To ${objective}**: name one case from your last month in which this would have helped, and what you would do now.`,
  )
  return `## What this is about\n\nNo source was found for this module, so it keeps to what is generally agreed. ${module.skill} is learnt on real cases, from the simple to the difficult. Begin with what you meet most often at work, and write down what surprised you; that list is your own syllabus.\n\n${parts.join('\n')}`
}

function task({ module, learner }: Brief): string {
  const [first = 'use it', second = first] = module.objectives
  return `Take one piece of your present work in ${learner.department.toLowerCase()} and use it to ${first}.\n\n1. Write down in two sentences what you want to reach, and by when.\n2. Do it, for an hour at the most.\n3. Then try to ${second} with the same material.\n4. Show it to one colleague and ask: what is unclear?\n\nA good result fits on one page, and your colleague can say in a sentence what it is for.`
}

function manner({ learner }: Brief): string {
  const ways: Record<string, string> = {
    'hands-on': 'Do this before you read the sections above a second time: what you get stuck on is what to look up.',
    discussion:
      'Then talk it over with somebody who does this well, for a quarter of an hour, and note the one thing that this person does differently.',
    reading: 'Then read the sources of this module in full, and mark where they disagree with your result.',
  }
  return (
    ways[learner.learning_style] ??
    'Then read your result once more a day later, and mend what you would no longer say.'
  )
}

function questions(matter: Section[], { module }: Brief): string {
  const asked = matter
    .slice(0, 3)
    .map(({ heading, text }) => [`What does "${heading}" come down to?`, firstSentence(text)])
  const spare = module.objectives.map(objective => [
    `How would you ${objective}?`,
    'Explain it with the example from your exercise.',
  ])
  return [...asked, ...spare]
    .slice(0, 3)
    .map(([question, answer], index) => `${index + 1}. **${question}** ${answer}`)
    .join('\n')
}

function firstSentence(text: string): string {
  const [line = ''] = text.split('\n')
  const plain = line.replace(/^- /, '').replace(/ ?\[\d+\]/g, '')
  return plain.match(/^.+?[.!?](?=\s|$)/s)?.[0] ?? plain
}

function listed(items: string[]): string {
  return items.length > 1 ? `${items.slice(0, -1).join(', ')} and ${items.at(-1)}` : (items[0] ?? '')
}
