import { Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { argumentName, type Field, readField } from '../../words/argument-words.ts'

type Props = { fields: readonly Field[]; change: (fields: Field[]) => void; isDisabled: boolean }

/** The arguments of a tool call, to be changed; what cannot be read is told beside it. */
export function ArgumentForm({ fields, change, isDisabled }: Props) {
  const put = (name: string, text: string) =>
    change(fields.map(field => (field.name === name ? { ...field, text } : field)))
  return (
    <Stack gap="sm" className="inset" role="group" aria-label="Arguments">
      {fields.map(field => (
        <ArgumentInput key={field.name} field={field} isDisabled={isDisabled} put={text => put(field.name, text)} />
      ))}
    </Stack>
  )
}

function ArgumentInput({ field, put, isDisabled }: { field: Field; put: (text: string) => void; isDisabled: boolean }) {
  const read = readField(field)
  const look = {
    label: argumentName(field.name),
    value: field.text,
    error: 'problem' in read ? read.problem : undefined,
    disabled: isDisabled,
    onChange: (event: { currentTarget: { value: string } }) => put(event.currentTarget.value),
  }
  switch (field.kind) {
    case 'boolean':
      return (
        <Switch
          label={look.label}
          checked={field.text === 'true'}
          disabled={isDisabled}
          onChange={event => put(String(event.currentTarget.checked))}
        />
      )
    case 'number':
      return <TextInput {...look} inputMode="decimal" maw={220} />
    case 'json':
      return <Textarea {...look} autosize minRows={1} maxRows={12} classNames={{ input: 'mono' }} />
    case 'text':
      return <Textarea {...look} autosize minRows={1} maxRows={8} />
  }
}
