import { Button, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { ModelLimit } from '../../hooks/admin/use-spending-limits.ts'

type Props = {
  /** The one to change, or a new one. */
  what: ModelLimit | 'new' | null
  isBusy: boolean
  close: () => void
  save: (limit: ModelLimit) => Promise<void>
}

/** Asks how fast a provider may be asked for a model. */
export function ModelLimitDialog({ what, isBusy, close, save }: Props) {
  const title = what === 'new' ? 'The limit of a model' : what && `The limit of ${what.model}`
  return (
    <Modal opened={what !== null} onClose={close} centered title={title}>
      {what && <ModelLimitForm what={what} isBusy={isBusy} close={close} save={save} />}
    </Modal>
  )
}

function ModelLimitForm({ what, isBusy, close, save }: Props & { what: ModelLimit | 'new' }) {
  const known = what === 'new' ? null : what
  const [model, setModel] = useState(known?.model ?? '')
  const [calls, setCalls] = useState<number | string>(known?.requests_per_minute ?? '')
  const [most, setMost] = useState<number | string>(known?.tokens_per_minute ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void save({
      model: model.trim(),
      requests_per_minute: calls === '' ? null : Number(calls),
      tokens_per_minute: most === '' ? null : Number(most),
    })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        {!known && (
          <TextInput
            label="Model"
            description="By its name as agents ask for it."
            required
            withAsterisk={false}
            maxLength={200}
            value={model}
            onChange={event => setModel(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <NumberInput {...look} label="Calls a minute, at most" value={calls} onChange={setCalls} />
        <NumberInput
          {...look}
          label="Tokens a minute, at most"
          description="Leave both empty to remove the limit."
          value={most}
          onChange={setMost}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Back
          </Button>
          <Button type="submit" loading={isBusy} disabled={!known && (!model.trim() || (calls === '' && most === ''))}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const look = {
  placeholder: 'No limit',
  min: 1,
  max: 2_000_000_000,
  allowDecimal: false,
  thousandSeparator: ',',
} as const
