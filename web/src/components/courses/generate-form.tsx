import { Button, NumberInput, Stack, Text, Textarea, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { MOST_MODULES } from '../../../../shared/courses.ts'
import { courseAddress } from '../../hooks/courses/use-course-address.ts'
import type { Employee } from '../../hooks/courses/use-employee.ts'
import { goTo } from '../../hooks/use-address.ts'
import { useAgentTask } from '../../hooks/useAgentTask.ts'
import { IconModel } from '../../icons.ts'
import { ErrorNote } from '../error-note.tsx'

const longestWish = 2_000

/** Where a course is asked for; then it is shown as it is made. */
export function GenerateForm({ employee: { id, enterpriseId, gaps, name } }: { employee: Employee }) {
  const [prompt, setPrompt] = useState('')
  const [modules, setModules] = useState<number | string>('')
  const { submitTask, isSubmitting, error } = useAgentTask({ enterpriseId })
  const hasGaps = gaps.length > 0

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const task = await submitTask({
      kind: 'course-generation',
      employeeId: id,
      ...(prompt.trim() && { prompt }),
      ...(typeof modules === 'number' && { modules }),
    })
    if (task) goTo(courseAddress(task.id))
  }

  return (
    <form className="surface facts" onSubmit={event => void submit(event)} aria-label="New course">
      <Stack gap="sm">
        <Title order={2} fz="md" fw={600}>
          New course
        </Title>
        <Textarea
          label="What to mind"
          description="For example: examples from sales, more practice, ready for a talk in May"
          autosize
          minRows={2}
          maxRows={8}
          maxLength={longestWish}
          disabled={!hasGaps}
          value={prompt}
          onChange={event => setPrompt(event.currentTarget.value)}
        />
        <NumberInput
          label="Modules"
          placeholder="As many as it takes"
          min={1}
          max={MOST_MODULES}
          allowDecimal={false}
          clampBehavior="strict"
          disabled={!hasGaps}
          value={modules}
          onChange={setModules}
        />
        <Button type="submit" leftSection={<IconModel size={16} />} loading={isSubmitting} disabled={!hasGaps}>
          Generate course
        </Button>
        {!hasGaps && (
          <Text size="sm" c="dimmed">
            {name} has every skill that the position asks for: there is nothing to make a course of.
          </Text>
        )}
        {error && <ErrorNote error={error} title="The course was not begun" />}
      </Stack>
    </form>
  )
}
