import { Box, Center, Group, Stack, Text, Title } from '@mantine/core'
import { ColorSchemeToggle } from '../components/color-scheme-toggle.tsx'
import { DemoBanner } from '../components/demo-banner.tsx'
import { SignInForm } from '../components/sign-in-form.tsx'
import { Wordmark } from '../components/wordmark.tsx'

/** The door: what this is, and how to get in. */
export function SignInPage() {
  return (
    <Box component="main" mih="100dvh" p="md">
      <Group justify="flex-end">
        <ColorSchemeToggle />
      </Group>
      <Center mih="calc(100dvh - 120px)">
        <Stack w="100%" maw={400} gap="lg">
          <Wordmark />
          <div>
            <Title order={1} size="h2" lts="-0.02em">
              Ask an agent, watch it work
            </Title>
            <Text c="dimmed" mt={6}>
              Every question is a row. A worker answers it, and whoever may see the row sees the answer grow.
            </Text>
          </div>
          <SignInForm />
          <DemoBanner />
        </Stack>
      </Center>
    </Box>
  )
}
