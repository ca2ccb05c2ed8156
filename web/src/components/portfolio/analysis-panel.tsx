import './portfolio.css'
import '../../print.css'
import { Container, Group, Stack, Text, Title } from '@mantine/core'
import { useEffect, useMemo, useRef } from 'react'
import type { AgentTask } from '../../../../shared/task.ts'
import { type Kept, useAnalysis } from '../../hooks/portfolio/use-analysis.ts'
import { usePreferences } from '../../hooks/portfolio/use-portfolio.ts'
import { addressOf } from '../../hooks/use-address.ts'
import { useDecider } from '../../hooks/use-decider.ts'
import { useLightPrint } from '../../hooks/use-light-print.ts'
import type { useAgentTask } from '../../hooks/useAgentTask.ts'
import { exactTime } from '../../words/time-words.ts'
import { AddressLink } from '../address-link.tsx'
import { ErrorNote } from '../error-note.tsx'
import { ProgressLine } from '../progress-line.tsx'
import { TaskApprovals } from '../task-approvals.tsx'
import { TaskStatusLine } from '../task-status-line.tsx'
import { TaskTimeline } from '../timeline/task-timeline.tsx'
import { AgentLanes } from './agent-lanes.tsx'
import { AnalysisActions } from './analysis-actions.tsx'
import { AnalysisResults } from './analysis-results.tsx'
import { type Lane, lanesOf } from './lanes-of.ts'

type Props = { agentTask: ReturnType<typeof useAgentTask>; task: AgentTask }

/** An analysis of a portfolio: its agents while they are at work, and what they have finished. */
export function AnalysisPanel({ agentTask, task }: Props) {
  const { steps, pieces, agent, approvals, error } = agentTask
  const decider = useDecider()
  const userId = decider?.userId ?? null
  const lanes = useMemo(() => lanesOf({ task, steps, pieces }), [task, steps, pieces])
  const kept = useAnalysis(task, steps)
  const preferences = usePreferences(userId)
  const isOwn = task.user_id === userId
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  useLightPrint()
  const isAsking = approvals.some(({ status }) => status === 'open')

  return (
    <Container component="article" size={1040} px={0} pb="xl" className="analysis">
      <Stack gap="lg">
        <Heading task={task} heading={heading} />
        <div className="no-print">
          <TaskStatusLine task={task} agent={agent} isAsking={isAsking}>
            <AnalysisActions agentTask={agentTask} task={task} hasResults={hasResults(kept.data)} isOwn={isOwn} />
          </TaskStatusLine>
        </div>
        {error && error.code !== 'cancelled' && (
          <ErrorNote error={error} title={task.status === 'failed' ? 'The analysis failed' : 'That was not possible'} />
        )}
        {task.status === 'processing' && (
          <ProgressLine progress={{ ...progressOf(lanes), text: task.progress?.text }} />
        )}
        <TaskApprovals approvals={approvals} decider={decider} />
        {task.status !== 'completed' && (
          <div className="no-print">
            <AgentLanes key={task.life} lanes={lanes} />
          </div>
        )}
        {kept.error && !kept.data && <ErrorNote error={kept.error} title="What is finished cannot be read" />}
        {userId && !isOwn && (
          <Text size="sm" c="dimmed">
            What an analysis has found is its owner’s alone: here are its steps.
          </Text>
        )}
        {kept.data && preferences.isFetched && (
          <AnalysisResults kept={kept.data} drafts={draftsOf(lanes)} currency={preferences.data?.currency ?? 'USD'} />
        )}
        <div className="no-print">
          <TaskTimeline key={`${task.id} ${task.life}`} task={task} view={agentTask} userId={userId} isFolded />
        </div>
      </Stack>
    </Container>
  )
}

function hasResults(kept: Kept | null | undefined): boolean {
  return Boolean(kept?.report_payload || kept?.charts_payload || kept?.retirement_payload)
}

function draftsOf(lanes: readonly Lane[]) {
  const textOf = (agent: Lane['name']) => lanes.find(({ name }) => name === agent)?.text ?? ''
  return { report: textOf('Reporter'), retirement: textOf('Retirement') }
}

function progressOf(lanes: readonly Lane[]) {
  const asked = lanes.filter(({ state }) => state !== 'unneeded')
  return { done: asked.filter(({ state }) => state === 'done' || state === 'failed').length, total: asked.length }
}

type HeadingProps = { task: AgentTask; heading: React.RefObject<HTMLHeadingElement | null> }

function Heading({ task: { request_payload, created_at }, heading }: HeadingProps) {
  return (
    <div>
      <Text size="sm" className="no-print" mb={4}>
        <AddressLink to={addressOf({ page: 'portfolio' })}>Portfolio</AddressLink>
      </Text>
      <Title order={1} fz={{ base: 22, sm: 28 }} lts="-0.02em" tabIndex={-1} ref={heading} className="quiet">
        Portfolio analysis
      </Title>
      <Group gap={6} c="dimmed" fz="sm">
        <time dateTime={created_at}>{exactTime(created_at)}</time>
        {request_payload.prompt && <span style={{ overflowWrap: 'anywhere' }}>· “{request_payload.prompt}”</span>}
      </Group>
    </div>
  )
}
