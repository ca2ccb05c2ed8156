import { ActionIcon, Menu } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Step } from '../../../../shared/deltas.ts'
import type { AgentTask } from '../../../../shared/task.ts'
import { useFork } from '../../hooks/use-fork.ts'
import { IconEdit, IconFork, IconMore } from '../../icons.ts'
import { ResultDialog } from './result-dialog.tsx'

/** What can be done from a step on: a new task that goes on from there. For whose task it is alone. */
export function ForkMenu({ step, task, userId }: { step: Step; task: AgentTask; userId: string | null }) {
  const { fork, isBusy } = useFork(task.id)
  const [isEditing, dialog] = useDisclosure(false)
  const { id } = step
  // What has only been heard of so far has no number yet.
  if (id === undefined || task.user_id === null || task.user_id !== userId) return null
  return (
    <>
      <Menu position="bottom-end" width={250}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={24} loading={isBusy} aria-label={`Options of step ${id}`}>
            <IconMore size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Go on in a new task</Menu.Label>
          <Menu.Item leftSection={<IconFork size={16} />} onClick={() => void fork(id)}>
            Run again from here
          </Menu.Item>
          {step.kind === 'tool' && step.status === 'done' && (
            <Menu.Item leftSection={<IconEdit size={16} />} onClick={dialog.open}>
              Change the result and go on…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ResultDialog
        step={isEditing ? step : null}
        isBusy={isBusy}
        close={dialog.close}
        goOn={async output => {
          if (await fork(id, output)) dialog.close()
        }}
      />
    </>
  )
}
