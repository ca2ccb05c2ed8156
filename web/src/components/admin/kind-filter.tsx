import { Autocomplete } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'

type Props = { known: string[]; value: string; change: (value: string | null) => void }

const patienceMs = 300

/** A kind to look for; rows may name any, so it is typed. */
export function KindFilter({ known, value, change }: Props) {
  const [typed, setTyped] = useState({ from: value, text: value })
  const pass = useDebouncedCallback((text: string) => change(text || null), patienceMs)
  return (
    <Autocomplete
      size="sm"
      label="Kind"
      placeholder="Any"
      clearable
      data={known}
      value={typed.from === value ? typed.text : value}
      onChange={text => {
        setTyped({ from: value, text })
        pass(text.trim())
      }}
    />
  )
}
