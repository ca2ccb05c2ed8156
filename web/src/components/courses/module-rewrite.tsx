import type { ReactNode } from 'react'
import type { PlannedModule } from '../../../../shared/courses.ts'
import type { Content, Course } from '../../hooks/courses/use-course.ts'
import { useRewrites } from '../../hooks/courses/use-rewrites.ts'
import { RewriteForm } from './rewrite-form.tsx'
import { RunningRewrite } from './running-rewrite.tsx'

type Props = {
  course: Course
  module: PlannedModule
  newest: Content | undefined
  /** Not while the course itself is made. */
  canWrite: boolean
  onWritten: () => void
  /** The module as it is. */
  children: ReactNode
}

/** A module, and the writing of it anew: what is asked for, and then how that fares in place of the old text. */
export function ModuleRewrite({ course, module, newest, canWrite, onWritten, children }: Props) {
  const { data: rewrites } = useRewrites(course.plan.plan_id)
  const latest = rewrites?.find(rewrite => rewrite.module === module.number)
  const isOpen = latest && !course.contents.some(({ task_id }) => task_id === latest.id) && isNewer(latest, newest)
  const wish = canWrite && <RewriteForm course={course} module={module} isFirst={!newest} />
  if (isOpen) {
    return (
      <RunningRewrite key={latest.id} rewriteId={latest.id} course={course} onWritten={onWritten}>
        {children}
        {wish}
      </RunningRewrite>
    )
  }
  return (
    <>
      {children}
      {wish}
    </>
  )
}

function isNewer({ createdAt }: { createdAt: string }, newest: Content | undefined): boolean {
  return !newest || Date.parse(createdAt) > Date.parse(newest.created_at)
}
