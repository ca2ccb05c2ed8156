import { Button, Container, Stack, Text, Title } from '@mantine/core'
import { goTo } from '../../hooks/use-address.ts'

/** Stands where the admin area would be for whoever may not see it. */
export function NoRights() {
  return (
    <Container size={760} px={0} pt="8vh">
      <Stack align="flex-start" role="alert">
        <Title order={1} size="h2">
          This page is for admins
        </Title>
        <Text c="dimmed">
          You have no admin rights here, or no longer. Somebody who looks after this project can give them to you.
        </Text>
        <Button onClick={() => goTo(location.pathname)}>Back to your questions</Button>
      </Stack>
    </Container>
  )
}
