import { Button, Group } from '@mantine/core'
import { placeOf } from '../../hooks/admin/use-task-filters.ts'
import type { TaskPage } from '../../hooks/admin/use-task-page.ts'
import { IconNext, IconPrevious } from '../../icons.ts'

type Props = { page: TaskPage; go: (place: { before?: string; after?: string }) => void }

/** To newer and older tasks. */
export function PageButtons({ page: { tasks, hasNewer, hasOlder }, go }: Props) {
  const [first, last] = [tasks.at(0), tasks.at(-1)]
  return (
    <Group component="nav" aria-label="Pages" justify="flex-end" gap="xs">
      <Button {...look} disabled={!hasNewer} onClick={() => go({})}>
        Newest
      </Button>
      <Button
        {...look}
        leftSection={<IconPrevious size={14} />}
        disabled={!hasNewer || !first}
        onClick={() => first && go({ after: placeOf(first) })}
      >
        Newer
      </Button>
      <Button
        {...look}
        rightSection={<IconNext size={14} />}
        disabled={!hasOlder || !last}
        onClick={() => last && go({ before: placeOf(last) })}
      >
        Older
      </Button>
    </Group>
  )
}

const look = { size: 'xs', variant: 'default' } as const
