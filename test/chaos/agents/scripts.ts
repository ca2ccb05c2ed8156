import type { Scene } from '../../../supabase/local/brain/scene.ts'
import { call, handoff, type Script, say } from '../../../supabase/local/brain/script.ts'

// What the models of cast.ts do. Every prompt names its order, so that the log of calls tells tasks apart.
//
//   Clerk ─┬─▶ look_up, charge, leave_note
//          ├─▶ ask_scout ─▶ Scout ─┬─▶ survey
//          │                       └─▶ ask_digger ─▶ Digger ─▶ measure ─▶ blast (edited by who approves)
//          └─▶ handoff ─▶ Closer ─▶ sign, pay, pay (two of the three wait for a person) ─▶ answer

const clerk: Script = {
  name: 'Clerk',
  agent: /^You are the Clerk\b/,
  turn: scene => {
    if (scene.results('ask_scout').length > 0) return handoff('Closer')
    const order = orderIn(scene)
    return [
      say('Looking into it, please wait for a moment.'),
      call('look_up', { order }),
      call('charge', { order }),
      call('leave_note', { order }),
      call('ask_scout', { input: `Scout for ${order}.` }),
    ]
  },
}

const scout: Script = {
  name: 'Scout',
  agent: /^You are the Scout\b/,
  turn: scene => {
    if (scene.results('ask_digger').length > 0) return say(`scouted (${told(scene, 'survey', 'ask_digger')})`)
    const order = orderIn(scene)
    return [call('survey', { order }), call('ask_digger', { input: `Dig for ${order}.` })]
  },
}

const digger: Script = {
  name: 'Digger',
  agent: /^You are the Digger\b/,
  turn: scene => {
    const order = orderIn(scene)
    if (scene.results('blast').length > 0) return say(`dug (${told(scene, 'measure', 'blast')})`)
    return scene.results('measure').length > 0 ? call('blast', { order, grams: 10 }) : call('measure', { order })
  },
}

const closer: Script = {
  name: 'Closer',
  agent: /^You are the Closer\b/,
  turn: scene => {
    const order = orderIn(scene)
    if (scene.results('sign').length === 0) {
      return [call('sign', { order }), call('pay', { order, amount: 20 }), call('pay', { order, amount: 900 })]
    }
    const said = scene.said.answers.join(' ')
    return say(`Before: ${said}. Now: ${told(scene, 'look_up', 'charge', 'leave_note', 'ask_scout', 'sign', 'pay')}.`)
  },
}

const namer: Script = {
  name: 'Namer',
  agent: /^You are the Namer\b/,
  turn: scene => say(`About ${orderIn(scene)}`),
}

export const SCRIPTS = [clerk, scout, digger, closer, namer]

function orderIn({ prompt }: Scene): string {
  return prompt.match(/#\w+/)?.[0] ?? '#none'
}

function told(scene: Scene, ...tools: string[]): string {
  return tools
    .map(
      tool =>
        `${tool}: ${scene
          .results(tool)
          .map(each => each.output)
          .sort()
          .join(' and ')}`,
    )
    .join('; ')
}
