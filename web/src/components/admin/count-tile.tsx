import { Skeleton, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { follow } from '../address-link.tsx'

type Props = {
  label: string
  /** Undefined until it is known. */
  value: string | undefined
  isBad?: boolean
  /** Where to see what is counted. */
  to?: string
  children: ReactNode
}

/** A count with its name and a word on it; where there is something to see it leads there. */
export function CountTile({ label, value, isBad = false, to, children }: Props) {
  const inside = (
    <>
      <Text size="sm" fw={500} c="dimmed">
        {label}
      </Text>
      {value === undefined ? (
        <Skeleton h={30} w={60} my={4} />
      ) : (
        <Text fz={26} fw={650} lh="38px" lts="-0.02em" className="tabular" {...(isBad && { c: 'red' })}>
          {value}
        </Text>
      )}
      <Text size="xs" c="dimmed" className="tabular" mih={18}>
        {children}
      </Text>
    </>
  )
  return (
    <li>
      {to ? (
        <a className="surface pressable tile" href={to} onClick={event => follow(event, to)}>
          {inside}
        </a>
      ) : (
        <div className="surface tile">{inside}</div>
      )}
    </li>
  )
}
