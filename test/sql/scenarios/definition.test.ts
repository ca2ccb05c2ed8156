import { describe, expect, test } from 'vitest'
import { scenarioDefinition } from '../../../shared/scenarios.ts'
import { setScene, user } from '../arrange.ts'
import { agentOf, definitionOf, setScenarios } from './arrange.ts'

const scene = await setScene()
const { people, save } = await setScenarios(scene)
const root = user(people.platformAdmin)
const twelve = (length = 12) => Array.from({ length }, (_, n) => `a${n}`)

const GOOD: [string, object][] = [
  ['as plain as can be', {}],
  ['with agents that nobody hands over to, who may be roots', { agents: [agentOf('desk'), agentOf('alone')] }],
  [
    'with agents that hand over in a circle',
    { agents: [agentOf('desk', { handoffs: ['b'] }), agentOf('b', { handoffs: ['desk'] })] },
  ],
  ['with twelve agents', { agents: [agentOf('desk'), ...twelve(11).map(name => agentOf(name))] }],
  [
    'with a model, a voice and texts as long as can be',
    {
      agents: [
        agentOf('desk', {
          ...{ model: 'gpt-5', voice: 'marin', title: 'ß'.repeat(100), description: 'x'.repeat(500) },
          ...{ instructions: 'x'.repeat(8000), intents: ['where is my order', 'ß'], pages: ['/', '/orders'] },
        }),
      ],
    },
  ],
  [
    'with all that may be removed and overridden',
    {
      privacy: { remove: ['email', 'phone', 'card', 'iban', 'url'] },
      overrides: { instructions: true, models: ['gpt-5', 'gpt-5-mini'] },
      moderation: { input: false, output: false, tolerates: ['self-harm/intent'] },
    },
  ],
]

const desk = (more: object) => ({ agents: [{ ...agentOf('desk'), ...more }, agentOf('expert')] })
const BAD: [string, object, string][] = [
  ['without an agent', { agents: [] }, '1 to 12 agents'],
  ['with thirteen agents', { agents: [agentOf('desk'), ...twelve().map(name => agentOf(name))] }, '1 to 12 agents'],
  ['with agents that are no list', { agents: {} }, '1 to 12 agents'],
  ['with a missing root', { rootAgent: 'nobody' }, 'no agent "nobody" to begin with'],
  ['with a root that is no text', { rootAgent: 3 }, 'no agent "3"'],
  [
    'with an unknown tool',
    desk({ tools: ['escalate_to_human', 'drop_tables'] }),
    'Agent "desk" has tools that are not there: drop_tables.',
  ],
  ['with a tool of the pipelines alone', desk({ tools: ['note_decision'] }), 'not there: note_decision'],
  ['with a tool twice', desk({ tools: ['list_drafts', 'list_drafts'] }), '12 different tools'],
  [
    'with a handoff to nobody',
    desk({ handoffs: ['expert', 'ghost'] }),
    'hands over to agents that are not there: ghost',
  ],
  ['with a handoff to itself', desk({ handoffs: ['desk'] }), 'cannot hand over to itself'],
  ['with a handoff twice', desk({ handoffs: ['expert', 'expert'] }), '11 different agents'],
  ['with two agents of one name', { agents: [agentOf('desk'), agentOf('desk')] }, 'Agent "desk" is there twice.'],
  ['with an agent that is no object', { agents: ['desk'] }, 'has these keys'],
  ['with an agent without a key', { agents: [{ ...agentOf('desk'), model: undefined }] }, 'has these keys'],
  ['with an agent with a key too many', desk({ secret: 1 }), 'has these keys'],
  ['with a name of capitals', { agents: [agentOf('Desk')], rootAgent: 'Desk' }, 'small letters'],
  ['with a name that is too long', { agents: [agentOf('d'.repeat(41))], rootAgent: 'd'.repeat(41) }, 'small letters'],
  ['with a title of nothing', desk({ title: ' \n' }), 'title of 1 to 100'],
  ['with a description that is too long', desk({ description: 'x'.repeat(501) }), 'description of 1 to 500'],
  ['with instructions that are too long', desk({ instructions: 'x'.repeat(8001) }), 'instructions of 1 to 8000'],
  ['with instructions that are no text', desk({ instructions: ['x'] }), 'instructions of 1 to 8000'],
  ['with a model that is a number', desk({ model: 5 }), 'model that is no name'],
  ['with an empty voice', desk({ voice: '' }), 'voice that is no name'],
  ['with 41 intents', desk({ intents: twelve(41) }), 'at most 40 different intents'],
  ['with a page that is no path', desk({ pages: ['orders'] }), 'begin with "/"'],
  ['with a key too many', { version: 3 }, 'these keys, all of them and no others'],
  ['without a key', { privacy: undefined }, 'these keys, all of them and no others'],
  ['with a moderation of texts', { moderation: { input: 'yes', output: true, tolerates: [] } }, 'moderation is'],
  ['with something unknown to remove', { privacy: { remove: ['names'] } }, 'privacy is'],
  ['with something twice to remove', { privacy: { remove: ['url', 'url'] } }, 'privacy is'],
  ['with overrides of nothing', { overrides: null }, 'overrides is'],
  ['with a model twice', { overrides: { instructions: true, models: ['a', 'a'] } }, 'overrides is'],
  ['with pages that are no list', { pages: '/' }, 'begin with "/"'],
]

describe('a definition', () => {
  test.each(GOOD)('%s is saved, and passes in types', async (_, more) => {
    const definition = definitionOf(more)
    expect(scenarioDefinition.parse(definition)).toEqual(definition)
    expect(await save(root, 'help', definition)).toMatchObject({ id: 'help', version: 1 })
  })

  test.each(BAD)('%s is refused with words, and in types', async (_, more, message) => {
    const definition = definitionOf(more)
    expect(scenarioDefinition.safeParse(definition).success).toBe(false)
    await expect(save(root, 'help', definition)).rejects.toMatchObject({
      code: '22023',
      message: expect.stringContaining(message),
    })
  })

  test.each([[null], ['text'], [[]], [3]])('that is %j is refused', async definition => {
    await expect(save(root, 'help', definition)).rejects.toMatchObject({ code: expect.stringMatching(/^22/) })
  })

  test('is refused with all that is wrong with its agents at once', async () => {
    const definition = definitionOf({ agents: [agentOf('desk', { handoffs: ['x'] }), agentOf('b', { title: '' })] })
    await expect(save(root, 'help', definition)).rejects.toThrow(/Agent "desk" hands .* Agent "b" needs a title/)
  })

  test('of more than 256 KiB is refused', async () => {
    const agents = [agentOf('desk'), ...twelve(11).map(name => agentOf(name, { instructions: '漢'.repeat(8000) }))]
    await expect(save(root, 'help', definitionOf({ agents }))).rejects.toThrow(/256 KiB/)
  })
})
