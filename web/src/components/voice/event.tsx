import { Box, Group, Text } from '@mantine/core'

type Props = { icon: React.ReactNode; isAlarm?: boolean; children: React.ReactNode }

/** Something that happened between what was said. */
export function Event({ icon, isAlarm = false, children }: Props) {
  return (
    <Group gap={7} wrap="nowrap" align="flex-start" c={isAlarm ? 'red' : 'dimmed'}>
      <Box mt={2} lh={1}>
        {icon}
      </Box>
      <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </Group>
  )
}
