import { Checkbox, Group, MultiSelect, Stack, Switch, TagsInput } from '@mantine/core'
import { privateThing, type ScenarioDefinition } from '../../../../shared/scenarios.ts'
import type { Draft } from '../../hooks/scenarios/use-scenario-draft.ts'
import { privateNames } from '../../words/definition-words.ts'

/** Moderation, privacy, and what a single turn may change. */
export function PolicyForm({ draft: { definition, models, set, problemAt } }: { draft: Draft }) {
  const { moderation, privacy, overrides } = definition
  const moderate = (part: Partial<ScenarioDefinition['moderation']>) => set({ moderation: { ...moderation, ...part } })
  return (
    <div className="surface editor-part">
      <Stack>
        <Group gap="xl">
          <Switch
            label="Moderate what users say"
            checked={moderation.input}
            onChange={event => moderate({ input: event.currentTarget.checked })}
          />
          <Switch
            label="Moderate what agents say"
            checked={moderation.output}
            onChange={event => moderate({ output: event.currentTarget.checked })}
          />
        </Group>
        <TagsInput
          label="Tolerates"
          description="Categories that are let pass, such as violence"
          value={moderation.tolerates}
          error={problemAt('moderation.tolerates')}
          onChange={tolerates => moderate({ tolerates })}
        />
        <Checkbox.Group
          label="Is taken out before a model sees it"
          value={privacy.remove}
          onChange={remove => set({ privacy: { remove: privateThing.array().parse(remove) } })}
        >
          <Group mt="xs">
            {privateThing.options.map(thing => (
              <Checkbox key={thing} value={thing} label={privateNames[thing]} />
            ))}
          </Group>
        </Checkbox.Group>
        <Switch
          label="A turn may bring instructions of its own"
          checked={overrides.instructions}
          onChange={event => set({ overrides: { ...overrides, instructions: event.currentTarget.checked } })}
        />
        <MultiSelect
          label="Models that a turn may choose"
          description={models.length === 0 ? 'No models are allowed here: all turns have the worker’s' : undefined}
          searchable
          nothingFoundMessage="No such model is allowed"
          data={[...new Set([...models, ...overrides.models])]}
          value={overrides.models}
          error={problemAt('overrides.models')}
          onChange={chosen => set({ overrides: { ...overrides, models: chosen } })}
        />
      </Stack>
    </div>
  )
}
