import { Button, Collapse, Group, Stack, Text, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type FormEvent, useId, useState } from 'react'
import type { AnalysisOptions } from '../../../../shared/portfolio.ts'
import { openAnalysis } from '../../hooks/portfolio/use-analysis-address.ts'
import type { Preferences } from '../../hooks/portfolio/use-portfolio.ts'
import type { useAgentTask } from '../../hooks/useAgentTask.ts'
import { IconModel } from '../../icons.ts'
import { ErrorNote } from '../error-note.tsx'
import { PlanFields } from './plan-fields.tsx'

type Props = { agentTask: ReturnType<typeof useAgentTask>; preferences: Preferences | null }

/** Where an analysis is asked for: as it is, with a wish, or for another plan than the stored one. */
export function AnalyseForm({ agentTask: { submitTask, isSubmitting, error }, preferences }: Props) {
  const [wish, setWish] = useState('')
  const [options, setOptions] = useState<AnalysisOptions>({})
  const [isOpen, { toggle }] = useDisclosure(false)
  const planId = useId()

  const togglePlan = () => {
    toggle()
    setOptions({})
  }
  const analyse = async (event: FormEvent) => {
    event.preventDefault()
    const request = {
      ...(wish.trim() && { prompt: wish.trim() }),
      ...(Object.keys(options).length > 0 && { options }),
    }
    // Of no enterprise: its admins could read it.
    const task = await submitTask({ ...request, kind: 'portfolio-analysis', enterpriseId: null })
    if (task) openAnalysis(task.id)
  }

  return (
    <Stack gap="sm">
      <form onSubmit={analyse} className="surface sheet">
        <Stack gap="sm">
          <Textarea
            label="What should the analysis look at?"
            description="If you leave this empty: everything. Agents write a report, draw charts and project your retirement."
            placeholder="For example: am I too dependent on technology?"
            autosize
            minRows={1}
            maxRows={6}
            maxLength={2_000}
            value={wish}
            onChange={event => setWish(event.currentTarget.value)}
          />
          {preferences && (
            <Collapse expanded={isOpen} id={planId}>
              <PlanFields preferences={preferences} options={options} setOptions={setOptions} />
            </Collapse>
          )}
          <Group justify="space-between" gap="xs">
            {preferences ? (
              <Button
                variant="subtle"
                size="compact-sm"
                aria-expanded={isOpen}
                aria-controls={planId}
                onClick={togglePlan}
              >
                {isOpen ? 'As planned' : 'Try another plan'}
              </Button>
            ) : (
              <span />
            )}
            <Button type="submit" loading={isSubmitting} leftSection={<IconModel size={16} />}>
              Analyse
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            Nobody in your enterprises sees your portfolio or its analyses, their admins included.
          </Text>
        </Stack>
      </form>
      {error && <ErrorNote error={error} title="The analysis was not taken" />}
    </Stack>
  )
}
