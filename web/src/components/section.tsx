import { Box, Group, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

type Props = {
  title: string
  /** What is to be known of it, in a sentence. */
  about?: ReactNode
  /** What can be done with it. */
  actions?: ReactNode
  children: ReactNode
}

/** A part of a page under its heading. */
export function Section({ title, about, actions, children }: Props) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <Group justify="space-between" align="flex-end" gap="sm" mb="sm" mih={36}>
        <Box>
          <Title order={2} id={id} fz="md" fw={600}>
            {title}
          </Title>
          {about && (
            <Text size="sm" c="dimmed">
              {about}
            </Text>
          )}
        </Box>
        {actions}
      </Group>
      {children}
    </section>
  )
}
