import { Container, Title } from '@mantine/core'
import type { Enterprise } from '../../hooks/use-enterprises.ts'
import { ScheduleList } from './schedule-list.tsx'

/** A user's own schedules. */
export function SchedulesPanel({ userId, enterprises }: { userId: string; enterprises: Enterprise[] }) {
  return (
    <Container size={1000} px={0} pb="xl">
      <Title order={1} fz={{ base: 22, sm: 26 }} lts="-0.02em" mb="xs">
        Schedules
      </Title>
      <ScheduleList
        scope={{ userId }}
        userId={userId}
        enterprises={enterprises}
        about="Questions that are asked by themselves. Each run is a task of its own among your questions."
      />
    </Container>
  )
}
