import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'

type Props = { label: string; value: string; change: (value: string | null) => void }

const patienceMs = 300

/** A part of an id to look for: its beginning is enough. */
export function IdFilter({ label, value, change }: Props) {
  const [typed, setTyped] = useState<{ from: string; text: string }>({ from: value, text: value })
  const pass = useDebouncedCallback((text: string) => change(text || null), patienceMs)
  // Of what was typed and what the address says, the later one counts.
  const text = typed.from === value ? typed.text : value
  const isWrong = text.trim() !== '' && !/^[0-9a-f][0-9a-f-]{0,35}$/i.test(text.trim())
  return (
    <TextInput
      size="sm"
      label={label}
      placeholder="Its beginning"
      value={text}
      error={isWrong && 'Only 0-9, a-f and -'}
      spellCheck={false}
      autoComplete="off"
      onChange={event => {
        const next = event.currentTarget.value
        setTyped({ from: value, text: next })
        pass(next.trim())
      }}
    />
  )
}
