import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { PlannedModule } from '../../../../shared/courses.ts'
import type { Course } from '../../hooks/courses/use-course.ts'
import { useAgentTask } from '../../hooks/useAgentTask.ts'
import { IconRetry } from '../../icons.ts'
import { ErrorNote } from '../error-note.tsx'

type Props = {
  course: Course
  module: PlannedModule
  /** There is no text of it yet. */
  isFirst: boolean
}

const longestWish = 2_000
const look = { size: 'xs', variant: 'default' } as const

/** Where a module is asked for anew; not before those that it builds on. */
export function RewriteForm({ course, module, isFirst }: Props) {
  const { plan } = course
  const { number } = module
  const queries = useQueryClient()
  const [isOpen, { toggle }] = useDisclosure(false)
  const [prompt, setPrompt] = useState('')
  const { submitTask, isSubmitting, error } = useAgentTask({ enterpriseId: plan.enterprise_id })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wish = prompt.trim() && { prompt }
    const task = await submitTask({ kind: 'course-module', planId: plan.plan_id, module: number, ...wish })
    if (task) await queries.invalidateQueries({ queryKey: ['rewrites', plan.plan_id] })
  }
  const lacking = module.depends_on.filter(needed => !course.contents.some(content => content.module_number === needed))
  const label = isFirst ? 'Write it' : 'Write this module again'
  return (
    <div className="no-print">
      {!isOpen && (
        <Group gap="sm">
          <Button {...look} leftSection={<IconRetry size={14} />} disabled={lacking.length > 0} onClick={toggle}>
            {label}
          </Button>
          {lacking.length > 0 && (
            <Text size="sm" c="dimmed">
              It builds on module {lacking.join(' and ')}: write that first.
            </Text>
          )}
        </Group>
      )}
      {isOpen && (
        <form className="surface facts" onSubmit={event => void submit(event)} aria-label={label}>
          <Stack gap="sm">
            <Textarea
              label={isFirst ? 'What to mind' : 'What shall be different'}
              placeholder="For example: shorter, with an example from a support team"
              autosize
              minRows={2}
              maxRows={8}
              maxLength={longestWish}
              value={prompt}
              onChange={event => setPrompt(event.currentTarget.value)}
            />
            <Group justify="flex-end" gap="xs">
              <Button {...look} onClick={toggle}>
                Back
              </Button>
              <Button size="xs" type="submit" loading={isSubmitting}>
                {label}
              </Button>
            </Group>
            {error && <ErrorNote error={error} title="The module was not asked for" />}
          </Stack>
        </form>
      )}
    </div>
  )
}
