import { useReducedMotion } from '@mantine/hooks'
import { useEffect, useState } from 'react'

const tickMs = 40
// A batch of text comes every 200 to 300 ms; this part of what is left each tick lays it evenly into that time.
const part = 0.2

/**
 * Text that flows although it comes in batches. What is there at first shows at once, and so does everything when
 * nothing more is coming: only news is let in bit by bit.
 */
export function useSmoothText(text: string, isGrowing: boolean): string {
  const isStill = useReducedMotion() || !isGrowing
  const [length, setLength] = useState(text.length)
  const isCaughtUp = length >= text.length
  useEffect(() => {
    if (isStill || isCaughtUp) return
    const timer = setInterval(() => setLength(shown => shown + Math.ceil((text.length - shown) * part)), tickMs)
    return () => clearInterval(timer)
  }, [text, isStill, isCaughtUp])
  return isStill ? text : text.slice(0, length)
}
