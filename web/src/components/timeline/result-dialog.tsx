import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Step } from '../../../../shared/deltas.ts'
import { inFull } from '../../words/json-words.ts'

type Props = { step: Step | null; isBusy: boolean; close: () => void; goOn: (output: string) => Promise<void> }

/** Asks what a tool is to have answered instead. */
export function ResultDialog({ step, isBusy, close, goOn }: Props) {
  return (
    <Modal opened={step !== null} onClose={close} centered size="lg" title={step && `Another result of ${step.name}`}>
      {step && <ResultForm step={step} isBusy={isBusy} close={close} goOn={goOn} />}
    </Modal>
  )
}

function ResultForm({ step, isBusy, close, goOn }: Props & { step: Step }) {
  const [output, setOutput] = useState(() => inFull(step.output ?? ''))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void goOn(output)
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm" c="dimmed">
          A new task goes on from here as though the tool had answered this. The tool is not called again.
        </Text>
        <Textarea
          label="Result"
          autosize
          minRows={4}
          maxRows={16}
          classNames={{ input: 'mono' }}
          value={output}
          onChange={event => setOutput(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Back
          </Button>
          <Button type="submit" loading={isBusy}>
            Go on in a new task
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
