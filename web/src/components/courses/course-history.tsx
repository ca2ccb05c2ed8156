import { Group, Skeleton, Text } from '@mantine/core'
import { courseAddress } from '../../hooks/courses/use-course-address.ts'
import { useCourseHistory } from '../../hooks/courses/use-employee.ts'
import { AddressLink } from '../address-link.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { When } from '../when.tsx'
import { CourseState } from './course-state.tsx'

/** The courses of an employee, the newest first; those too that came to nothing. */
export function CourseHistory({ employeeId }: { employeeId: string }) {
  const { data: courses, error } = useCourseHistory(employeeId)
  if (error && !courses) return <ErrorNote error={error} title="The courses cannot be read" />
  if (!courses) return <Skeleton h={64} />
  if (courses.length === 0) {
    return (
      <div className="surface facts">
        <EmptyNote title="No course yet" />
      </div>
    )
  }
  return (
    <ul className="plain-list surface skill-list" aria-label="Courses">
      {courses.map(course => (
        <li key={course.id}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={500} truncate>
                <AddressLink to={courseAddress(course.id)}>{course.title ?? 'Course without a plan'}</AddressLink>
              </Text>
              <Text size="xs" c="dimmed">
                <When at={course.createdAt} />
              </Text>
            </div>
            <CourseState course={course} />
          </Group>
        </li>
      ))}
    </ul>
  )
}
