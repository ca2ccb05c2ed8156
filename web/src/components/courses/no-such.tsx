import { Container, Stack, Text, Title } from '@mantine/core'
import { employeesAddress } from '../../hooks/courses/use-course-address.ts'
import { AddressLink } from '../address-link.tsx'

/** Stands where the address leads to nothing, or to what belongs to others: the two look the same. */
export function NoSuch({ what }: { what: 'employee' | 'course' }) {
  return (
    <Container size={760} px={0} pt="8vh">
      <Stack align="flex-start">
        <Title order={1} size="h2">
          There is no such {what} here
        </Title>
        <Text c="dimmed">Either the address is wrong, or you may not see this {what}.</Text>
        <AddressLink to={employeesAddress()}>To all courses</AddressLink>
      </Stack>
    </Container>
  )
}
