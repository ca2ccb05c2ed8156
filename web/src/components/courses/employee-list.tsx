import { Button, Container, Group, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useEmployees } from '../../hooks/courses/use-employees.ts'
import { IconNext, IconPrevious, IconSearch } from '../../icons.ts'
import { ErrorNote } from '../error-note.tsx'
import { EmployeeTable } from './employee-table.tsx'
import { PageTitle } from './page-title.tsx'

const pauseMs = 250

/** The employees for whom courses can be made. */
export function EmployeeList() {
  const [search, setSearch] = useState('')
  const [page, setPage] = useState(0)
  const [settled] = useDebouncedValue(search, pauseMs)
  const { data, error } = useEmployees(settled, page)
  const isSearch = settled.trim() !== ''
  return (
    <Container size={1080} px={0} pb="xl">
      <PageTitle>Courses</PageTitle>
      <Text size="sm" c="dimmed" maw={620} mb="md">
        Choose a person: a course is planned around what they lack for their position, researched, and written module by
        module.
      </Text>
      <TextInput
        type="search"
        aria-label="Search employees"
        placeholder="Name, position or department"
        leftSection={<IconSearch size={16} aria-hidden />}
        maw={360}
        mb="md"
        value={search}
        onChange={event => {
          setSearch(event.currentTarget.value)
          setPage(0)
        }}
      />
      {error && !data ? (
        <ErrorNote error={error} title="The employees cannot be read" />
      ) : (
        <EmployeeTable employees={data?.employees} isSearch={isSearch} />
      )}
      {(page > 0 || data?.hasMore) && (
        <Group component="nav" aria-label="Pages" justify="flex-end" gap="xs" mt="md">
          <Button
            {...look}
            leftSection={<IconPrevious size={14} />}
            disabled={page === 0}
            onClick={() => setPage(page - 1)}
          >
            Back
          </Button>
          <Button
            {...look}
            rightSection={<IconNext size={14} />}
            disabled={!data?.hasMore}
            onClick={() => setPage(page + 1)}
          >
            More
          </Button>
        </Group>
      )}
    </Container>
  )
}

const look = { size: 'xs', variant: 'default' } as const
