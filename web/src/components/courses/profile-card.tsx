import { Stack, Text } from '@mantine/core'
import type { Employee } from '../../hooks/courses/use-employee.ts'
import { hoursName, styleName } from '../../words/course-words.ts'
import { dayName } from '../../words/time-words.ts'

type Props = { profile: NonNullable<Employee['profile']>; joinedOn: string }

/** Who somebody is, as far as it matters for learning. */
export function ProfileCard({ profile, joinedOn }: Props) {
  const { background, goals, notes, learning_style, hours_per_week } = profile
  const parts = [
    ['Background', background],
    ['Goals', goals],
    ['Learns', `${styleName(learning_style)}, ${hoursName(Number(hours_per_week))} a week`],
    ['Notes', notes],
    ['Here since', dayName(joinedOn)],
  ]
  return (
    <section aria-label="Profile" className="surface facts">
      <Stack gap="sm" component="dl" m={0}>
        {parts.flatMap(([name, text]) =>
          text ? (
            <div key={name}>
              <Text component="dt" size="xs" c="dimmed">
                {name}
              </Text>
              <Text component="dd" size="sm" m={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {text}
              </Text>
            </div>
          ) : (
            []
          ),
        )}
      </Stack>
    </section>
  )
}
