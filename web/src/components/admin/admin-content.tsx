import type { AdminTab } from '../../hooks/admin/use-admin-tab.ts'
import type { Rights } from '../../hooks/use-rights.ts'
import { ApprovalsContent } from '../approvals/approvals-content.tsx'
import { EscalationsTab } from '../escalations/escalations-tab.tsx'
import { ScenariosTab } from '../registry/scenarios-tab.tsx'
import { AuditTab } from './audit-tab.tsx'
import { DeadLettersTab } from './dead-letters-tab.tsx'
import { KindsTab } from './kinds-tab.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { SchedulesTab } from './schedules-tab.tsx'
import { SpendingTab } from './spending-tab.tsx'
import { StoryDrawer } from './story-drawer.tsx'
import { TasksTab } from './tasks-tab.tsx'
import { WorkersTab } from './workers-tab.tsx'

type Props = { tab: AdminTab; rights: Rights; userId: string }

/** A part of the admin area, and above it the story of the task that the address names. */
export function AdminContent({ tab, rights, userId }: Props) {
  return (
    <>
      {tab === 'overview' && <OverviewTab />}
      {tab === 'tasks' && <TasksTab rights={rights} />}
      {tab === 'dead-letters' && <DeadLettersTab rights={rights} />}
      {tab === 'approvals' && <ApprovalsContent />}
      {tab === 'scenarios' && <ScenariosTab rights={rights} userId={userId} />}
      {tab === 'escalations' && <EscalationsTab rights={rights} userId={userId} />}
      {tab === 'spending' && <SpendingTab rights={rights} />}
      {tab === 'workers' && <WorkersTab />}
      {tab === 'kinds' && <KindsTab />}
      {tab === 'schedules' && <SchedulesTab rights={rights} userId={userId} />}
      {tab === 'audit' && <AuditTab />}
      <StoryDrawer />
    </>
  )
}
