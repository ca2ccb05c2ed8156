import { Button, Group, Modal, NumberInput, Select, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Budget } from '../../hooks/admin/use-spending-limits.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import { budgetOwner, perNames } from '../../words/spending-words.ts'

type Props = {
  /** The one to change, or a new one. */
  what: Budget | 'new' | null
  isBusy: boolean
  close: () => void
  save: (budget: Budget) => Promise<void>
}

const everybody = 'everybody'

/** Asks what a tenant may spend. */
export function BudgetDialog({ what, isBusy, close, save }: Props) {
  const title = what === 'new' ? 'A budget' : what && `The budget of ${budgetOwner(what)}`
  return (
    <Modal opened={what !== null} onClose={close} centered title={title}>
      {what && <BudgetForm what={what} isBusy={isBusy} close={close} save={save} />}
    </Modal>
  )
}

function BudgetForm({ what, isBusy, close, save }: Props & { what: Budget | 'new' }) {
  const known = what === 'new' ? null : what
  const names = useEnterpriseNames()
  const [tenant, setTenant] = useState(known?.tenant_id ?? everybody)
  const [per, setPer] = useState<Budget['per']>(known?.per ?? 'day')
  const [cost, setCost] = useState<number | string>(known?.max_cost ?? '')
  const [most, setMost] = useState<number | string>(known?.max_tokens ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void save({
      tenant_id: tenant === everybody ? null : tenant,
      name: known?.name ?? names.get(tenant) ?? null,
      per,
      max_cost: cost === '' ? null : Number(cost),
      max_tokens: most === '' ? null : Number(most),
    })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        {!known && (
          <Group grow>
            <Select
              label="Of"
              searchable
              allowDeselect={false}
              data={[
                { value: everybody, label: 'Every other tenant' },
                ...[...names].map(([value, label]) => ({ value, label })),
              ]}
              value={tenant}
              onChange={value => setTenant(value ?? everybody)}
            />
            <Select
              label="For"
              allowDeselect={false}
              data={Object.entries(perNames).map(([value, label]) => ({ value, label }))}
              value={per}
              onChange={value => setPer(value === 'task' ? 'task' : 'day')}
            />
          </Group>
        )}
        <NumberInput
          label="Cost, at most"
          description="In US dollars. Leave it empty for no limit."
          placeholder="No limit"
          prefix="$"
          min={0}
          max={1_000_000}
          decimalScale={4}
          value={cost}
          onChange={setCost}
          data-autofocus
        />
        <NumberInput
          label="Tokens, at most"
          description="Input and output together. Leave both empty to remove the budget."
          placeholder="No limit"
          min={0}
          max={1_000_000_000_000}
          allowDecimal={false}
          thousandSeparator=","
          value={most}
          onChange={setMost}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Back
          </Button>
          <Button type="submit" loading={isBusy} disabled={!known && cost === '' && most === ''}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
