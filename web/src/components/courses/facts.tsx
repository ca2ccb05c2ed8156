import { Text } from '@mantine/core'

/** Numbers side by side, each under its name. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className="fact-row">
      {facts.map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" fw={600} m={0} className="tabular">
            {value}
          </Text>
        </div>
      ))}
    </dl>
  )
}
