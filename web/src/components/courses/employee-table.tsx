import { Group, Text } from '@mantine/core'
import { courseAddress, employeeAddress } from '../../hooks/courses/use-course-address.ts'
import type { EmployeeLine } from '../../hooks/courses/use-employees.ts'
import { rankName } from '../../words/course-words.ts'
import { counted } from '../../words/number-words.ts'
import { AddressLink } from '../address-link.tsx'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { CourseState } from './course-state.tsx'
import { GapBadge } from './gap-badge.tsx'

const columns: Column<EmployeeLine>[] = [
  {
    label: 'Employee',
    isWide: true,
    width: '26%',
    render: ({ id, name, position }) => (
      <>
        <AddressLink to={employeeAddress(id)} fw={600} className="task-link">
          {name}
        </AddressLink>
        <Text size="xs" c="dimmed">
          {position ? `${rankName(position.level)} · ${position.title}` : 'Position not shown to you'}
        </Text>
      </>
    ),
  },
  { label: 'Department', width: '14%', render: ({ position }) => position?.department ?? '–' },
  { label: 'Gaps', width: '30%', render: ({ gaps }) => <Gaps gaps={gaps} /> },
  {
    label: 'Latest course',
    width: '30%',
    render: ({ latestCourse: course }) =>
      course ? (
        <>
          <CourseState course={course} />
          <Text size="xs" lineClamp={1} style={{ overflowWrap: 'anywhere' }}>
            <AddressLink to={courseAddress(course.id)}>{course.title ?? 'Being planned'}</AddressLink>
          </Text>
        </>
      ) : (
        <Text size="sm" c="dimmed">
          None yet
        </Text>
      ),
  },
]

/** Employees with what they lack most and their latest course. */
export function EmployeeTable({ employees, isSearch }: { employees: EmployeeLine[] | undefined; isSearch: boolean }) {
  return (
    <DataTable
      caption="Employees"
      columns={columns}
      rows={employees}
      keyOf={({ id }) => id}
      empty={
        isSearch ? (
          <EmptyNote title="Nobody found">Search for a part of a name, a position or a department.</EmptyNote>
        ) : (
          <EmptyNote title="No employees that you may see">
            Admins see all employees of their enterprise, managers those whom they lead, everybody else themselves.
          </EmptyNote>
        )
      }
    />
  )
}

function Gaps({ gaps }: Pick<EmployeeLine, 'gaps'>) {
  const [worst] = gaps
  if (!worst) {
    return (
      <Text c="dimmed" size="sm">
        None
      </Text>
    )
  }
  return (
    <>
      <Group gap={8} wrap="nowrap">
        <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
          {counted(gaps.length, 'gap')}
        </Text>
        <GapBadge name={worst.priority_name} priority={worst.priority} />
      </Group>
      <Text size="xs" c="dimmed" truncate title={worst.skill}>
        {worst.skill}
      </Text>
    </>
  )
}
