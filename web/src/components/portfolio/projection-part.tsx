import { SimpleGrid, Stack, Text } from '@mantine/core'
import type { Analysis, Projection } from '../../../../shared/portfolio.ts'
import { count } from '../../words/number-words.ts'
import { amount, percent } from '../../words/portfolio-words.ts'
import { Section } from '../section.tsx'
import { FactTile } from './fact-tile.tsx'
import { ProjectionChart } from './projection-chart.tsx'
import { WrittenText } from './written-text.tsx'

type Props = { retirement: NonNullable<Analysis['retirement_payload']>; currency: string }

/** The projection for retirement: what it says in four numbers, drawn, and in words. */
export function ProjectionPart({ retirement: { projection, markdown }, currency }: Props) {
  return (
    <Section title="Retirement">
      <Stack gap="md">
        <Facts projection={projection} currency={currency} />
        <ProjectionChart projection={projection} currency={currency} />
        <Text size="xs" c="dimmed">
          {assumptionWords(projection)}
        </Text>
        <WrittenText text={markdown} />
      </Stack>
    </Section>
  )
}

function Facts({ projection, currency }: { projection: Projection; currency: string }) {
  const { successRate, sustainableIncome, medianAgeOfRuin, plan } = projection
  const gap = plan.income - sustainableIncome
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <FactTile label="The money lasts" value={percent(successRate)} tone={toneOf(successRate)}>
        of the simulated futures, until {plan.untilAge}
      </FactTile>
      <FactTile label="Sustainable income" value={amount(sustainableIncome, currency)}>
        a year, in nine futures of ten
      </FactTile>
      <FactTile label="Wanted income" value={amount(plan.income, currency)}>
        {gap > 0 ? `${amount(gap, currency)} a year more than that` : 'a year: within that'}
      </FactTile>
      <FactTile label="If it runs out" value={medianAgeOfRuin === null ? 'It does not' : `At about ${medianAgeOfRuin}`}>
        {medianAgeOfRuin === null ? 'in any of the futures' : 'in the middle of those futures'}
      </FactTile>
    </SimpleGrid>
  )
}

function toneOf(successRate: number): 'good' | 'fair' | 'bad' {
  return successRate >= 85 ? 'good' : successRate >= 60 ? 'fair' : 'bad'
}

function assumptionWords({ assumptions: { mean, volatility, inflation, paths } }: Projection): string {
  return `Assumed: growth of ${percent(mean)} a year on average, swinging by ${percent(volatility)}, and ${percent(inflation)} inflation; ${count(paths)} futures, all in today’s money, without taxes and fees.`
}
