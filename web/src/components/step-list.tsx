import { Accordion } from '@mantine/core'
import type { Step } from '../../../shared/deltas.ts'
import { HandoffLine } from './handoff-line.tsx'
import { ToolCall } from './tool-call.tsx'

/** What the agents did besides writing: tool calls with what went in and came out, and handoffs. */
export function StepList({ steps: all, isProcessing }: { steps: readonly Step[]; isProcessing: boolean }) {
  const steps = all.filter(({ kind }) => kind === 'tool' || kind === 'handoff')
  if (steps.length === 0) return null
  return (
    <section aria-label="Steps">
      <Accordion multiple variant="separated" chevronPosition="right" classNames={{ item: 'surface step' }}>
        {steps.map(step =>
          step.kind === 'handoff' ? (
            <HandoffLine key={step.key} step={step} />
          ) : (
            <ToolCall key={step.key} step={step} isProcessing={isProcessing} />
          ),
        )}
      </Accordion>
    </section>
  )
}
