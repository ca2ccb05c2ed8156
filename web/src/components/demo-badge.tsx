import { Badge, Box, Tooltip } from '@mantine/core'
import { settings } from '../config.ts'
import { IconDemo } from '../icons.ts'

const meaning = 'Demo model: scripted answers, no AI provider is called'

/** Says so where the answers come from a script; names the model where they do not. */
export function DemoBadge() {
  const { VITE_MODEL } = settings()
  if (!VITE_MODEL) return null
  if (VITE_MODEL !== 'demo') {
    return (
      <Badge variant="default" tt="none" fw={500} visibleFrom="sm">
        {VITE_MODEL}
      </Badge>
    )
  }
  return (
    <Tooltip label={meaning}>
      <Badge
        variant="default"
        tt="none"
        fw={500}
        flex="none"
        leftSection={<IconDemo size={12} />}
        aria-label={meaning}
        role="note"
      >
        Demo
        <Box component="span" visibleFrom="xs">
          {' '}
          model
        </Box>
      </Badge>
    </Tooltip>
  )
}
