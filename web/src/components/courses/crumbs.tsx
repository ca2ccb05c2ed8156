import { Breadcrumbs, Text } from '@mantine/core'
import { AddressLink } from '../address-link.tsx'

/** The way back: from the employees down to where one is. */
export function Crumbs({ trail, here }: { trail: readonly { label: string; to: string }[]; here: string }) {
  return (
    <nav aria-label="Way back" className="no-print">
      <Breadcrumbs separatorMargin={6} fz="sm" className="crumbs">
        {trail.map(({ label, to }) => (
          <AddressLink key={to} to={to}>
            {label}
          </AddressLink>
        ))}
        <Text span inherit c="dimmed" aria-current="page" truncate>
          {here}
        </Text>
      </Breadcrumbs>
    </nav>
  )
}
