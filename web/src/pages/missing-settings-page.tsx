import { Alert, Code, Container, List, Stack, Text, Title } from '@mantine/core'
import type { z } from 'zod'
import { Wordmark } from '../components/wordmark.tsx'

/** Says which settings of the page are missing or wrong, and where to put them. */
export function MissingSettingsPage({ issues }: { issues: z.core.$ZodIssue[] }) {
  return (
    <Container component="main" size="sm" py="xl">
      <Stack gap="lg">
        <Wordmark />
        <Title order={1} size="h2">
          Which Supabase project is this page for?
        </Title>
        <Alert color="red" className="error-note" title="Missing or wrong">
          <List>
            {issues.map(({ path, message }) => (
              <List.Item key={path.join('.')}>
                <Code>{path.join('.')}</Code> {message}
              </List.Item>
            ))}
          </List>
        </Alert>
        <Text>
          On your own machine, <Code>npm start</Code> in the project's folder sets everything. Against a project of
          yours, set the two in the environment or in <Code>web/.env.local</Code> and start the page again:
        </Text>
        <Code block>{example}</Code>
        <Text c="dimmed" size="sm">
          Both are in the Supabase dashboard under Project Settings → API Keys. Take the publishable (anon) key; the
          secret (service) key must never reach a browser.
        </Text>
      </Stack>
    </Container>
  )
}

const example = 'VITE_SUPABASE_URL=https://<project>.supabase.co\nVITE_SUPABASE_KEY=sb_publishable_…'
