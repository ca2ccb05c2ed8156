import { SimpleGrid, Stack } from '@mantine/core'
import type { Kept } from '../../hooks/portfolio/use-analysis.ts'
import { Section } from '../section.tsx'
import { AnalysisChart } from './analysis-chart.tsx'
import { ProjectionPart } from './projection-part.tsx'
import { SummaryPart } from './summary-part.tsx'
import { WrittenText } from './written-text.tsx'

/** What is finished of an analysis: each part appears when its agent has done it. */
export function AnalysisResults({ kept, currency }: { kept: Kept; currency: string }) {
  const { summary_payload, report_payload, charts_payload, retirement_payload } = kept
  return (
    <Stack gap="xl">
      {summary_payload && <SummaryPart summary={summary_payload} />}
      {report_payload && (
        <Section title="Report">
          <WrittenText text={report_payload.markdown} />
        </Section>
      )}
      {charts_payload && charts_payload.length > 0 && (
        <Section title="Charts">
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" className="chart-grid">
            {charts_payload.map(chart => (
              <AnalysisChart key={chart.position} chart={chart} currency={currency} />
            ))}
          </SimpleGrid>
        </Section>
      )}
      {retirement_payload && <ProjectionPart retirement={retirement_payload} currency={currency} />}
    </Stack>
  )
}
