import { Group, SimpleGrid, Stack, Text, ThemeIcon, UnstyledButton } from '@mantine/core'
import { IconCalculator, IconClock, IconHistory, IconStory } from '../icons.ts'

const examples = [
  { icon: IconClock, prompt: 'What time is it in Tokyo right now?', shows: 'The agent looks at a clock' },
  {
    icon: IconCalculator,
    prompt: 'How much is (1250 + 380) * 0.19?',
    shows: 'It calculates, it does not guess',
  },
  { icon: IconHistory, prompt: 'What did I ask before this?', shows: 'It reads your tasks, with your rights' },
  {
    icon: IconStory,
    prompt: 'How does this page work?',
    shows: 'A long text: reload while it grows',
  },
]

/** What can be asked, each with what there is to see. */
export function ExampleQuestions({ ask, isDisabled }: { ask: (prompt: string) => Promise<void>; isDisabled: boolean }) {
  return (
    <Stack gap="sm">
      <Text component="h2" size="sm" fw={600} c="dimmed">
        Or try one of these
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {examples.map(({ icon: Icon, prompt, shows }) => (
          <UnstyledButton
            key={prompt}
            className="surface pressable example"
            disabled={isDisabled}
            onClick={() => void ask(prompt)}
          >
            <Group gap="sm" wrap="nowrap" align="flex-start">
              <ThemeIcon variant="light" size={32} aria-hidden>
                <Icon size={18} />
              </ThemeIcon>
              <div>
                <Text size="sm" fw={500}>
                  {prompt}
                </Text>
                <Text size="xs" c="dimmed" mt={2}>
                  {shows}
                </Text>
              </div>
            </Group>
          </UnstyledButton>
        ))}
      </SimpleGrid>
    </Stack>
  )
}
