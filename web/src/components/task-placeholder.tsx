import { Skeleton, Stack } from '@mantine/core'

/** Stands where a task will be once it has been read. */
export function TaskPlaceholder() {
  return (
    <Stack gap="lg" aria-busy aria-label="Loading the task">
      <Skeleton h={76} />
      <Skeleton h={20} w="30%" />
      <Skeleton h={14} />
      <Skeleton h={14} w="85%" />
    </Stack>
  )
}
