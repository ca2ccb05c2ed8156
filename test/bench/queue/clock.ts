/** Milliseconds on a clock that all processes of this machine share, finer than a millisecond. */
export function clock(): number {
  return performance.timeOrigin + performance.now()
}
