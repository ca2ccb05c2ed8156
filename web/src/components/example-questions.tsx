import { Group, SimpleGrid, Stack, Text, ThemeIcon, UnstyledButton } from '@mantine/core'
import { IconAlert, IconCalculator, IconClock, IconHistory, IconStory, IconTool } from '../icons.ts'
import type { AskedKind } from './kind-select.tsx'

const examples = {
  assistant: [
    { icon: IconClock, prompt: 'What time is it in Tokyo right now?', shows: 'The agent looks at a clock' },
    { icon: IconCalculator, prompt: 'How much is (1250 + 380) * 0.19?', shows: 'It calculates, it does not guess' },
    { icon: IconHistory, prompt: 'What did I ask before this?', shows: 'It reads your tasks, with your rights' },
    { icon: IconStory, prompt: 'How does this page work?', shows: 'A long text: reload while it grows' },
  ],
  'order-desk': [
    {
      icon: IconHistory,
      prompt: 'Which orders were delivered?',
      shows: 'It reads the shop’s orders, with your rights',
    },
    {
      icon: IconTool,
      prompt: 'The mug of order #1002 arrived broken. Please refund it.',
      shows: 'Two agents, a nested one, and a small refund',
    },
    {
      icon: IconAlert,
      prompt: 'The lamp of order #1001 is cracked. Please refund it.',
      shows: 'A large refund waits for an admin’s consent',
    },
    {
      icon: IconStory,
      prompt: 'Orders #1001 and #1003 came broken, refund both.',
      shows: 'Two questions at once for the admin',
    },
  ],
} as const

type Props = { kind: AskedKind; ask: (prompt: string) => Promise<void>; isDisabled: boolean }

/** What can be asked, each with what there is to see. */
export function ExampleQuestions({ kind, ask, isDisabled }: Props) {
  return (
    <Stack gap="sm">
      <Text component="h2" size="sm" fw={600} c="dimmed">
        Or try one of these
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {examples[kind].map(({ icon: Icon, prompt, shows }) => (
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
