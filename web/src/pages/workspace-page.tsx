import { AppShell } from '@mantine/core'
import { useDisclosure, useDocumentTitle } from '@mantine/hooks'
import type { User } from '@supabase/supabase-js'
import { lazy, Suspense } from 'react'
import type { AgentTask } from '../../../shared/task.ts'
import { AppHeader } from '../components/app-header.tsx'
import { ApprovalsPanel } from '../components/approvals/approvals-panel.tsx'
import { AskPanel } from '../components/ask-panel.tsx'
import { HistoryList } from '../components/history-list.tsx'
import type { AskedKind } from '../components/kind-select.tsx'
import { NewSessionPanel } from '../components/sessions/new-session-panel.tsx'
import { SessionList } from '../components/sessions/session-list.tsx'
import { SessionPanel } from '../components/sessions/session-panel.tsx'
import { TaskPanel } from '../components/task-panel.tsx'
import { TaskPlaceholder } from '../components/task-placeholder.tsx'
import { WorkspaceLinks } from '../components/workspace-links.tsx'
import { useAddress } from '../hooks/use-address.ts'
import { useEnterprises } from '../hooks/use-enterprises.ts'
import { useSessionId } from '../hooks/use-session-address.ts'
import { openTask, useTaskId } from '../hooks/use-task-id.ts'
import { useTaskList } from '../hooks/use-task-list.ts'
import { useAgentTask } from '../hooks/useAgentTask.ts'
import { statusName } from '../words/status-words.ts'

// With it comes what reads cron's fields.
const SchedulesPanel = lazy(() =>
  import('../components/schedules/schedules-panel.tsx').then(({ SchedulesPanel }) => ({ default: SchedulesPanel })),
)

const CoursesPanel = lazy(() =>
  import('../components/courses/courses-panel.tsx').then(({ CoursesPanel }) => ({ default: CoursesPanel })),
)

// With it comes what draws charts.
const AnalysisPanel = lazy(() =>
  import('../components/portfolio/analysis-panel.tsx').then(({ AnalysisPanel }) => ({ default: AnalysisPanel })),
)
const PortfolioPanel = lazy(() =>
  import('../components/portfolio/portfolio-panel.tsx').then(({ PortfolioPanel }) => ({ default: PortfolioPanel })),
)

const TodosPanel = lazy(() =>
  import('../components/todos/todos-panel.tsx').then(({ TodosPanel }) => ({ default: TodosPanel })),
)

const DraftsPanel = lazy(() =>
  import('../components/drafts/drafts-panel.tsx').then(({ DraftsPanel }) => ({ default: DraftsPanel })),
)
const ScenariosPanel = lazy(() =>
  import('../components/scenarios/scenarios-panel.tsx').then(({ ScenariosPanel }) => ({ default: ScenariosPanel })),
)

/** The history beside the ask box, one task, the todos, the scenarios, the drafts, the schedules, the courses or the portfolio, as the address says. */
export function WorkspacePage({ user }: { user: User }) {
  const [isMenuOpen, menu] = useDisclosure(false)
  const tenants = useEnterprises(user.id)
  const taskId = useTaskId()
  const sessionId = useSessionId()
  const address = useAddress()
  const page = address.get('page')
  const list = useTaskList(user.id)
  const agentTask = useAgentTask({ enterpriseId: tenants.enterpriseId, taskId })
  useDocumentTitle(
    titleOf((!taskId && titles[page ?? '']) || (sessionId && 'Conversation') || statusOf(agentTask.currentTask)),
  )

  const open = (id: string | null) => {
    menu.close()
    openTask(id)
  }
  const ask = async (prompt: string, kind: AskedKind) => {
    const task = await agentTask.submitTask({ prompt, kind })
    if (task) open(task.id)
  }

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 300, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <AppShell.Header bg="var(--surface)">
        <AppHeader
          email={user.email ?? 'you'}
          connection={taskId && !agentTask.missing ? agentTask.connection : list.connection}
          isMenuOpen={isMenuOpen}
          toggleMenu={menu.toggle}
          menuName="history"
        />
      </AppShell.Header>
      <AppShell.Navbar bg="var(--surface)" aria-label="History">
        <HistoryList
          list={list}
          openId={taskId ?? address.get('course')}
          open={open}
          sessions={<SessionList userId={user.id} openId={sessionId} onChoose={menu.close} />}
        >
          <WorkspaceLinks userId={user.id} page={page} onChoose={menu.close} />
        </HistoryList>
      </AppShell.Navbar>
      <AppShell.Main>
        {page === 'todos' ? (
          <Suspense fallback={<TaskPlaceholder />}>
            <TodosPanel userId={user.id} />
          </Suspense>
        ) : page === 'scenarios' ? (
          <Suspense fallback={<TaskPlaceholder />}>
            <ScenariosPanel userId={user.id} tenants={tenants} />
          </Suspense>
        ) : page === 'drafts' ? (
          <Suspense fallback={<TaskPlaceholder />}>
            <DraftsPanel userId={user.id} />
          </Suspense>
        ) : page === 'schedules' ? (
          <Suspense fallback={<TaskPlaceholder />}>
            {/* A form that is opened before would be for no enterprise. */}
            {tenants.isKnown || tenants.error ? (
              <SchedulesPanel userId={user.id} enterprises={tenants.enterprises} />
            ) : (
              <TaskPlaceholder />
            )}
          </Suspense>
        ) : page === 'courses' || (taskId && isOfCourse(agentTask.currentTask)) ? (
          <Suspense fallback={<TaskPlaceholder />}>
            <CoursesPanel />
          </Suspense>
        ) : page === 'approvals' ? (
          <ApprovalsPanel />
        ) : page === 'conversation' ? (
          <NewSessionPanel tenants={tenants} />
        ) : sessionId ? (
          <SessionPanel key={sessionId} sessionId={sessionId} />
        ) : page === 'portfolio' && !taskId ? (
          <Suspense fallback={<TaskPlaceholder />}>
            <PortfolioPanel userId={user.id} email={user.email ?? ''} agentTask={agentTask} />
          </Suspense>
        ) : taskId && agentTask.currentTask?.kind === 'portfolio-analysis' ? (
          <Suspense fallback={<TaskPlaceholder />}>
            <AnalysisPanel key={taskId} agentTask={agentTask} task={agentTask.currentTask} />
          </Suspense>
        ) : taskId ? (
          <TaskPanel key={taskId} agentTask={agentTask} askAnother={() => open(null)} />
        ) : (
          <AskPanel ask={ask} isSubmitting={agentTask.isSubmitting} error={agentTask.error} tenants={tenants} />
        )}
      </AppShell.Main>
    </AppShell>
  )
}

const titles: Record<string, string> = {
  courses: 'Courses',
  todos: 'Todos',
  scenarios: 'Scenarios',
  drafts: 'Drafts',
  portfolio: 'Portfolio',
  schedules: 'Schedules',
  approvals: 'Approvals',
  conversation: 'New conversation',
}

function isOfCourse(task: AgentTask | null): boolean {
  return task?.kind === 'course-generation' || task?.kind === 'course-module'
}

function statusOf(task: AgentTask | null): string | null {
  return task && statusName[task.status]
}

function titleOf(page: string | null): string {
  return page ? `${page} – Liverow` : 'Liverow'
}
