import { useAnalyses } from '../../hooks/portfolio/use-analyses.ts'
import { openAnalysis } from '../../hooks/portfolio/use-analysis-address.ts'
import { useNow } from '../../hooks/use-now.ts'
import { HistoryItem } from '../history-item.tsx'
import { Section } from '../section.tsx'

/** The user's analyses so far, the newest first; nothing while there are none. */
export function AnalysisList({ userId }: { userId: string }) {
  const { data: analyses } = useAnalyses(userId)
  const now = useNow(30_000)
  if (!analyses || analyses.length === 0) return null
  return (
    <Section title="Analyses so far">
      <ul className="plain-list surface analysis-list">
        {analyses.map(task => (
          <li key={task.id}>
            <HistoryItem task={task} now={now} isOpen={false} open={openAnalysis} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
