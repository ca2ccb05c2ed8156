import { Skeleton } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { Said } from '../../../../shared/client/scenario-rows.ts'
import type { Titles } from '../../words/scenario-words.ts'
import { SaidItem } from '../chat/said-item.tsx'

/** What was said in a conversation; its end stays in sight. */
export function Transcript({ said, titles }: { said: readonly Said[] | null; titles: Titles }) {
  const place = useRef<HTMLElement>(null)
  const length = said?.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new is the reason to look.
  useEffect(() => {
    place.current?.scrollTo({ top: place.current.scrollHeight })
  }, [length])
  if (!said) return <Skeleton h={180} />
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section ref={place} className="desk-talk" aria-label="Transcript" aria-live="polite" tabIndex={0}>
      <ol className="plain-list chat-turns">
        {said.map(each => (
          <li key={each.seq}>
            <SaidItem said={each} titles={titles} />
          </li>
        ))}
      </ol>
    </section>
  )
}
