import { Container, Stack, Text } from '@mantine/core'
import type { AgentTask } from '../../../../shared/task.ts'
import { employeeAddress, employeesAddress } from '../../hooks/courses/use-course-address.ts'
import { useEmployee } from '../../hooks/courses/use-employee.ts'
import type { LiveCourse } from '../../hooks/courses/use-live-course.ts'
import { CourseProgress } from './course-progress.tsx'
import { Crumbs } from './crumbs.tsx'
import { PageTitle } from './page-title.tsx'

/** A course before there is a plan, or that never came to one. */
export function UnplannedCourse({ live, task }: { live: LiveCourse; task: AgentTask }) {
  const { employeeId, prompt } = task.request_payload
  const { data: employee } = useEmployee(typeof employeeId === 'string' ? employeeId : '')
  const trail = [{ label: 'Courses', to: employeesAddress() }]
  if (employee) trail.push({ label: employee.name, to: employeeAddress(employee.id) })
  return (
    <Container size={1000} px={0} pb="xl">
      <Stack gap="lg">
        <Crumbs trail={trail} here="New course" />
        <div>
          <PageTitle>{employee ? `A course for ${employee.name}` : 'A course'}</PageTitle>
          {prompt && (
            <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              “{prompt}”
            </Text>
          )}
        </div>
        <CourseProgress live={live} task={task} />
      </Stack>
    </Container>
  )
}
