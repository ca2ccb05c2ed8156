import { Group, Image, Text } from '@mantine/core'

/** The product's sign and name; where room is short, the sign alone. */
export function Wordmark({ isTight = false }: { isTight?: boolean }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <Image src="/icon.svg" alt="" w={26} h={26} />
      <Text fw={700} size="lg" lts="-0.01em" {...(isTight && { visibleFrom: 'xs' })}>
        Liverow
      </Text>
    </Group>
  )
}
