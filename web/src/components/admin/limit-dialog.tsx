import { Button, Group, Modal, NumberInput, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'

type Limited = { name: string; max_running: number | null; weight?: number }
type Limits = { cap: number | null; weight: number }
type Props = { what: Limited | null; isBusy: boolean; close: () => void; save: (limits: Limits) => Promise<void> }

/** Asks how many tasks of something may be at work, and for a tenant what its share weighs. */
export function LimitDialog({ what, isBusy, close, save }: Props) {
  return (
    <Modal opened={what !== null} onClose={close} centered title={what && `The limits of ${what.name}`}>
      {what && <LimitForm what={what} isBusy={isBusy} close={close} save={save} />}
    </Modal>
  )
}

function LimitForm({ what, isBusy, close, save }: Props & { what: Limited }) {
  const [cap, setCap] = useState<number | string>(what.max_running ?? '')
  const [weight, setWeight] = useState<number | string>(what.weight ?? 1)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void save({ cap: cap === '' ? null : Number(cap), weight: weight === '' ? 1 : Number(weight) })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <NumberInput
          label="At work at once, at most"
          description="Leave it empty for no limit. With 0 nothing more is taken."
          placeholder="No limit"
          min={0}
          max={1_000_000}
          allowDecimal={false}
          value={cap}
          onChange={setCap}
          data-autofocus
        />
        {what.weight !== undefined && (
          <NumberInput
            label="Weight"
            description="Twice the weight is twice the share when there is not room for all."
            min={0.01}
            max={1000}
            decimalScale={2}
            value={weight}
            onChange={setWeight}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Back
          </Button>
          <Button type="submit" loading={isBusy}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
