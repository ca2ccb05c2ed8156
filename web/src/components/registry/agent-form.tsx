import { Autocomplete, Button, Group, MultiSelect, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import { isScenarioTool } from '../../../../shared/scenario-tools.ts'
import type { AgentDefinition } from '../../../../shared/scenarios.ts'
import type { Draft } from '../../hooks/scenarios/use-scenario-draft.ts'
import type { OfferedTool } from '../../hooks/scenarios/use-scenario-tools.ts'
import { renamed } from '../../words/definition-words.ts'

type Props = { draft: Draft; index: number; tools: readonly OfferedTool[] }

// Of the provider's realtime models.
const voices = ['alloy', 'ash', 'ballad', 'cedar', 'coral', 'echo', 'marin', 'sage', 'shimmer', 'verse']

/** An agent of a scenario, to be edited. */
export function AgentForm({ draft: { definition, models, set: setDraft, problemAt }, index, tools }: Props) {
  const agent = definition.agents[index]
  if (!agent) return null
  const others = definition.agents.filter((_, n) => n !== index)
  const set = (part: Partial<AgentDefinition>) =>
    setDraft({ agents: definition.agents.map((each, n) => (n === index ? { ...each, ...part } : each)) })
  const problem = (field: keyof AgentDefinition) => problemAt(`agents.${index}.${field}`)
  // A name that is gone stays to be seen, and to be taken out.
  const handoffs = [...new Set([...others.map(({ name }) => name), ...agent.handoffs])].filter(Boolean)
  return (
    <Stack>
      <Group grow align="flex-start">
        <TextInput
          label="Title"
          value={agent.title}
          error={problem('title')}
          onChange={event => set({ title: event.currentTarget.value })}
        />
        <TextInput
          label="Name"
          value={agent.name}
          error={problem('name')}
          onChange={event => setDraft(renamed(definition, index, event.currentTarget.value))}
        />
      </Group>
      <Textarea
        label="Description"
        description="Other agents decide by it whether to hand over"
        autosize
        minRows={1}
        value={agent.description}
        error={problem('description')}
        onChange={event => set({ description: event.currentTarget.value })}
      />
      <Textarea
        label="Instructions"
        description="Whoever uses the scenario can read them, since voice runs in the browser: write no secrets here"
        autosize
        minRows={5}
        maxRows={18}
        value={agent.instructions}
        error={problem('instructions')}
        onChange={event => set({ instructions: event.currentTarget.value })}
      />
      <MultiSelect
        label="Tools"
        searchable
        data={tools.map(({ name, title, needs_approval }) => ({
          value: name,
          label: needs_approval ? `${title} (may wait for approval)` : title,
        }))}
        value={agent.tools}
        error={problem('tools')}
        onChange={value => set({ tools: value.filter(isScenarioTool) })}
      />
      <MultiSelect
        label="Hands over to"
        data={handoffs}
        value={agent.handoffs}
        error={problem('handoffs')}
        onChange={value => set({ handoffs: value })}
      />
      <TagsInput
        label="Intents"
        description="Words and phrases that speak for it"
        value={agent.intents}
        error={problem('intents')}
        onChange={value => set({ intents: value })}
      />
      <Group grow align="flex-start">
        <TagsInput
          label="Pages"
          value={agent.pages}
          error={problem('pages')}
          onChange={value => set({ pages: value })}
        />
        <Select
          label="Model"
          placeholder="The worker’s"
          clearable
          searchable
          nothingFoundMessage="No such model is allowed"
          data={withOwn(models, agent.model)}
          value={agent.model}
          error={problem('model')}
          onChange={model => set({ model })}
        />
        <Autocomplete
          label="Voice"
          placeholder="The provider’s"
          data={voices}
          value={agent.voice ?? ''}
          error={problem('voice')}
          onChange={value => set({ voice: value || null })}
        />
      </Group>
      <Group justify="flex-end">
        <Button
          size="xs"
          color="red"
          variant="subtle"
          disabled={others.length === 0}
          onClick={() => setDraft({ agents: others })}
        >
          Remove this agent
        </Button>
      </Group>
    </Stack>
  )
}

/** One that is not allowed any more stays to be seen, and to be taken out. */
function withOwn(models: readonly string[], own: string | null): string[] {
  return own === null || models.includes(own) ? [...models] : [...models, own]
}
