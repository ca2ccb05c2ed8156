import { Group, Image, Text } from '@mantine/core'

/** The product's sign and name. */
export function Wordmark() {
  return (
    <Group gap="xs" wrap="nowrap">
      <Image src="/icon.svg" alt="" w={26} h={26} />
      <Text fw={700} size="lg" lts="-0.01em">
        Liverow
      </Text>
    </Group>
  )
}
