import { Drawer } from '@mantine/core'
import { useOpenStory } from '../../hooks/admin/use-story-address.ts'
import { TaskStoryPanel } from './task-story-panel.tsx'

/** The story of the task that the address names, over the page. */
export function StoryDrawer() {
  const { taskId, close } = useOpenStory()
  return (
    <Drawer
      opened={taskId !== null}
      onClose={close}
      position="right"
      size="min(100vw, 720px)"
      title="The story of a task"
      closeButtonProps={{ 'aria-label': 'Close the story' }}
      classNames={{ content: 'story', header: 'story' }}
    >
      {taskId && <TaskStoryPanel key={taskId} taskId={taskId} />}
    </Drawer>
  )
}
