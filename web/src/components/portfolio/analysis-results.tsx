import { SimpleGrid, Stack } from '@mantine/core'
import type { Kept } from '../../hooks/portfolio/use-analysis.ts'
import { Section } from '../section.tsx'
import { AnalysisChart } from './analysis-chart.tsx'
import { ProjectionPart } from './projection-part.tsx'
import { SummaryPart } from './summary-part.tsx'
import { WrittenText } from './written-text.tsx'

type Props = {
  kept: Kept
  /** What is being written just now. */
  drafts: { report: string; retirement: string }
  currency: string
}

/** What is finished of an analysis: each part appears when its agent has done it, and texts while they grow. */
export function AnalysisResults({ kept, drafts, currency }: Props) {
  const { summary_payload, report_payload, charts_payload, retirement_payload } = kept
  const report = report_payload?.markdown ?? drafts.report
  return (
    <Stack gap="xl" className="analysis-results">
      {summary_payload && <SummaryPart summary={summary_payload} />}
      {report && (
        <Section title="Report">
          <WrittenText text={report} isGrowing={!report_payload} />
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
      {!retirement_payload && drafts.retirement && (
        <Section title="Retirement">
          <WrittenText text={drafts.retirement} isGrowing />
        </Section>
      )}
    </Stack>
  )
}
