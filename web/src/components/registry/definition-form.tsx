import { Accordion, Button, Group, Select, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import type { Draft } from '../../hooks/scenarios/use-scenario-draft.ts'
import { useScenarioTools } from '../../hooks/scenarios/use-scenario-tools.ts'
import { IconAlert, IconPlus } from '../../icons.ts'
import { newAgent } from '../../words/definition-words.ts'
import { Section } from '../section.tsx'
import { AgentForm } from './agent-form.tsx'
import { PolicyForm } from './policy-form.tsx'

const mostAgents = 12

/** Everything of a scenario that can be edited; what is wrong is said where it is. */
export function DefinitionForm({ draft }: { draft: Draft }) {
  const { definition, set, problemAt } = draft
  const { title, description, agents, rootAgent, pages } = definition
  const tools = useScenarioTools().data ?? []
  const names = [...new Set(agents.map(({ name }) => name))].filter(Boolean)
  return (
    <Stack gap="xl">
      <div className="surface editor-part">
        <Stack>
          <TextInput
            label="Title"
            value={title}
            error={problemAt('title')}
            onChange={event => set({ title: event.currentTarget.value })}
          />
          <Textarea
            label="Description"
            autosize
            minRows={1}
            value={description}
            error={problemAt('description')}
            onChange={event => set({ description: event.currentTarget.value })}
          />
          <Group grow align="flex-start">
            <Select
              label="Begins with"
              allowDeselect={false}
              data={names}
              value={rootAgent}
              error={problemAt('rootAgent')}
              onChange={name => name && set({ rootAgent: name })}
            />
            <TagsInput
              label="Pages"
              description="Paths where it is chosen by itself"
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              value={pages}
              error={problemAt('pages')}
              onChange={value => set({ pages: value })}
            />
          </Group>
        </Stack>
      </div>
      <Section
        title="Agents"
        about="Each has its own instructions and tools, and hands over to others."
        actions={
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            disabled={agents.length >= mostAgents}
            onClick={() => set({ agents: [...agents, newAgent(names)] })}
          >
            Add an agent
          </Button>
        }
      >
        <Accordion multiple variant="separated" chevronPosition="left">
          {agents.map((agent, index) => (
            // An agent's name is being edited, so its place is what stays.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above.
            <Accordion.Item key={index} value={String(index)} className="surface">
              <Accordion.Control>
                <Group gap="xs">
                  <Text fw={600} size="sm">
                    {agent.title || 'No title'}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {agent.name}
                    {agent.name === rootAgent && ' · begins'}
                  </Text>
                  {problemAt(`agents.${index}`) && (
                    <Text size="xs" c="red" component="span">
                      <IconAlert size={12} aria-hidden /> needs care
                    </Text>
                  )}
                </Group>
              </Accordion.Control>
              <Accordion.Panel>
                <AgentForm draft={draft} index={index} tools={tools} />
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      </Section>
      <Section title="Rules" about="They hold for all agents, and for each turn.">
        <PolicyForm draft={draft} />
      </Section>
    </Stack>
  )
}
