import type { Feed } from '../../shared/client/feed.ts'

const patienceMs = 12_000

/** Resolves with the first view that fits; says at the end of its patience what was there instead. */
export async function until<View>(feed: Feed<View>, fits: (view: View) => boolean): Promise<View> {
  const { promise, resolve, reject } = Promise.withResolvers<View>()
  const look = () => {
    if (fits(feed.getSnapshot())) resolve(feed.getSnapshot())
  }
  const end = feed.subscribe(look)
  const timer = setTimeout(() => {
    reject(new Error(`Waited in vain for ${fits}; there was ${JSON.stringify(feed.getSnapshot())}`))
  }, patienceMs)
  look()
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    end()
  }
}
