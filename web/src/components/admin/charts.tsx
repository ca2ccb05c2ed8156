import '@mantine/charts/styles.css'
import { SegmentedControl, SimpleGrid } from '@mantine/core'
import { useState } from 'react'
import { type Span, spans } from '../../hooks/admin/throughput-bins.ts'
import { useThroughput } from '../../hooks/admin/use-throughput.ts'
import { spanNames } from '../../words/chart-words.ts'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'
import { ThroughputChart } from './throughput-chart.tsx'
import { WaitChart } from './wait-chart.tsx'

/** What was done lately, and how long it took. */
export function Charts() {
  const [span, setSpan] = useState<Span>('1h')
  const { data, error } = useThroughput(span)
  return (
    <Section
      title="Lately"
      about="How attempts ended, and how long tasks waited and ran on average."
      actions={
        <SegmentedControl
          size="xs"
          aria-label="How far back"
          data={(Object.keys(spans) as Span[]).map(value => ({ value, label: spanNames[value] }))}
          value={span}
          onChange={value => setSpan(value as Span)}
        />
      }
    >
      {!data && error ? (
        <ErrorNote error={error} title="The charts cannot be read" />
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <ThroughputChart span={span} bins={data} />
          <WaitChart span={span} bins={data} />
        </SimpleGrid>
      )}
    </Section>
  )
}
