import { Avatar, Container, Group, Skeleton, Stack, Text } from '@mantine/core'
import { employeesAddress } from '../../hooks/courses/use-course-address.ts'
import { type Employee, useEmployee } from '../../hooks/courses/use-employee.ts'
import { rankName } from '../../words/course-words.ts'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'
import { CourseHistory } from './course-history.tsx'
import { Crumbs } from './crumbs.tsx'
import { GapTable } from './gap-table.tsx'
import { GenerateForm } from './generate-form.tsx'
import { NoSuch } from './no-such.tsx'
import { PageTitle } from './page-title.tsx'
import { ProfileCard } from './profile-card.tsx'
import { StrengthList } from './strength-list.tsx'

/** An employee: what they can, what they lack, and the courses made of it. */
export function EmployeePanel({ employeeId }: { employeeId: string }) {
  const { data: employee, error } = useEmployee(employeeId)
  if (employee === null) return <NoSuch what="employee" />
  return (
    <Container size={1000} px={0} pb="xl">
      <Stack gap="lg">
        <Crumbs trail={[{ label: 'Courses', to: employeesAddress() }]} here={employee?.name ?? '…'} />
        {error && !employee && <ErrorNote error={error} title="The employee cannot be read" />}
        {!error && !employee && <Skeleton h={320} aria-label="Loading the employee" />}
        {employee && <Whole employee={employee} />}
      </Stack>
    </Container>
  )
}

function Whole({ employee }: { employee: Employee }) {
  const { name, position, gaps, strengths, profile } = employee
  return (
    <>
      <Group gap="md" wrap="nowrap">
        <Avatar name={name} color="pine" size={52} aria-hidden />
        <div style={{ minWidth: 0 }}>
          <PageTitle>{name}</PageTitle>
          {position && (
            <Text c="dimmed">
              {rankName(position.level)} · {position.title} · {position.department}
            </Text>
          )}
        </div>
      </Group>
      <div className="course-columns">
        <Stack gap="lg">
          <Section title="Gaps" about="What the position asks for and is not there yet, the most pressing first.">
            <GapTable gaps={gaps} />
          </Section>
          <Section title="Courses">
            <CourseHistory employeeId={employee.id} />
          </Section>
        </Stack>
        <Stack gap="lg">
          <GenerateForm employee={employee} />
          {profile && <ProfileCard profile={profile} joinedOn={employee.joinedOn} />}
          {strengths.length > 0 && (
            <Section title="Other skills">
              <StrengthList strengths={strengths} />
            </Section>
          )}
        </Stack>
      </div>
    </>
  )
}
