import './portfolio.css'
import { Code, Container, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { type Account, type Preferences, useAccounts, usePreferences } from '../../hooks/portfolio/use-portfolio.ts'
import type { useAgentTask } from '../../hooks/useAgentTask.ts'
import { counted } from '../../words/number-words.ts'
import { amount, planWords } from '../../words/portfolio-words.ts'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'
import { AccountCard } from './account-card.tsx'
import { AnalyseForm } from './analyse-form.tsx'
import { AnalysisList } from './analysis-list.tsx'
import { totalOf } from './worth-of.ts'

type Props = { userId: string; email: string; agentTask: ReturnType<typeof useAgentTask> }

/** What the user has, and where to have it analysed. */
export function PortfolioPanel({ userId, email, agentTask }: Props) {
  const accounts = useAccounts(userId)
  const preferences = usePreferences(userId)
  const error = accounts.error ?? preferences.error
  return (
    <Container size={1040} px={0} pb="xl">
      {accounts.data && preferences.data !== undefined ? (
        <Holdings
          accounts={accounts.data}
          preferences={preferences.data}
          email={email}
          userId={userId}
          agentTask={agentTask}
        />
      ) : (
        <Stack gap="lg">
          <PageTitle />
          {error ? <ErrorNote error={error} title="The portfolio cannot be read" /> : <Waiting />}
        </Stack>
      )}
    </Container>
  )
}

type HoldingsProps = Props & { accounts: Account[]; preferences: Preferences | null }

function Holdings({ accounts, preferences, email, userId, agentTask }: HoldingsProps) {
  const currency = preferences?.currency ?? 'USD'
  const total = totalOf(accounts)
  return (
    <Stack gap="xl">
      <Group justify="space-between" align="flex-end" gap="md">
        <PageTitle />
        {accounts.length > 0 && (
          <div className="portfolio-total">
            <Text fz={{ base: 26, sm: 32 }} fw={650} lts="-0.02em" lh={1.1} className="tabular">
              {amount(total, currency)}
            </Text>
            <Text size="sm" c="dimmed">
              in {counted(accounts.length, 'account')}, {currency}
            </Text>
          </div>
        )}
      </Group>
      {accounts.length === 0 ? (
        <div className="surface sheet">
          <EmptyNote title="There are no accounts yet">
            Import them from a CSV file with the columns account, symbol and quantity:
            <Code block mt="sm" ta="left">
              npm run import:portfolio -- file.csv --user {email}
            </Code>
          </EmptyNote>
        </div>
      ) : (
        <AnalyseForm agentTask={agentTask} preferences={preferences} />
      )}
      <AnalysisList userId={userId} />
      {accounts.length > 0 && (
        <Section title="Accounts" about={planOf(preferences)}>
          <Stack gap="md">
            {accounts.map(account => (
              <AccountCard key={account.id} account={account} total={total} currency={currency} />
            ))}
          </Stack>
        </Section>
      )}
    </Stack>
  )
}

function planOf(preferences: Preferences | null): string {
  if (!preferences) return 'No plan for retirement is stored, so there is no projection.'
  return `The plan: ${planWords(preferences, new Date().getFullYear())}`
}

function PageTitle() {
  return (
    <Title order={1} fz={{ base: 22, sm: 26 }} lts="-0.02em">
      Portfolio
    </Title>
  )
}

function Waiting() {
  return (
    <Stack gap="md" aria-busy aria-label="Loading the portfolio">
      <Skeleton h={120} />
      <Skeleton h={220} />
    </Stack>
  )
}
