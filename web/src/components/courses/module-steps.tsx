import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Plan } from '../../hooks/courses/use-course.ts'
import { courseAddress } from '../../hooks/courses/use-course-address.ts'
import { IconNext, IconPrevious } from '../../icons.ts'
import { follow } from '../address-link.tsx'

/** To the module before and the one after. */
export function ModuleSteps({ courseId, plan, number }: { courseId: string; plan: Plan; number: number }) {
  const has = (wanted: number) => plan.course_structure.modules.some(module => module.number === wanted)
  if (plan.course_structure.modules.length === 1) return null
  return (
    <Group component="nav" aria-label="Modules before and after" justify="space-between" gap="xs" className="no-print">
      {has(number - 1) ? (
        <Step to={courseAddress(courseId, { module: number - 1 })} left={<IconPrevious size={14} />}>
          Module {number - 1}
        </Step>
      ) : (
        <span />
      )}
      {has(number + 1) && (
        <Step to={courseAddress(courseId, { module: number + 1 })} right={<IconNext size={14} />}>
          Module {number + 1}
        </Step>
      )}
    </Group>
  )
}

function Step({ to, left, right, children }: { to: string; left?: ReactNode; right?: ReactNode; children: ReactNode }) {
  return (
    <Button
      component="a"
      href={to}
      size="xs"
      variant="default"
      leftSection={left}
      rightSection={right}
      onClick={event => {
        follow(event, to)
        window.scrollTo({ top: 0 })
      }}
    >
      {children}
    </Button>
  )
}
