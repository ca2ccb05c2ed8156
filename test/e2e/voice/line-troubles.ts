import type { Page, Route } from 'playwright-core'

// What may go wrong between a page and the worker's HTTP API, and what the page is told otherwise than the demo has it.

const error = (code: string, message: string) => ({ error: { code, message, correlation_id: 'c' } })

/** The next key is one that the model does not know any more. */
export function spoilNextKey(page: Page): Promise<void> {
  return change(
    page,
    payload => ({ ...payload, client_secret: { ...payload.client_secret, value: 'ek_of_yesterday' } }),
    1,
  )
}

/** The next key is awaited until what this gives is called, and is lost on its way then. */
export async function holdNextKey(page: Page): Promise<() => void> {
  const held = Promise.withResolvers<void>()
  await page.route('**/api/session2?*', route => held.promise.then(() => route.abort('internetdisconnected')), {
    times: 1,
  })
  return held.resolve
}

/** No socket is named, as where the model is the provider's. */
export function hideSocket(page: Page): Promise<void> {
  return change(page, ({ url: _, ...payload }) => payload)
}

/** There is no key for voice; until what this gives is called. */
export async function refuseVoice(page: Page): Promise<() => Promise<void>> {
  const message = 'Voice is not set up here: the worker has no OPENAI_API_KEY.'
  await page.route('**/api/session2?*', route => route.fulfill({ status: 503, json: error('not_configured', message) }))
  return () => page.unroute('**/api/session2?*')
}

/** What was said does not get through in the usual way. */
export function loseMinutes(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { fetch } = window
    window.fetch = (input, init) =>
      String(input).includes('append_voice_items') && !init?.keepalive
        ? Promise.reject(new TypeError('Failed to fetch'))
        : fetch(input, init)
  })
}

/** Answers of the model cannot be checked. */
export async function failChecks(page: Page): Promise<void> {
  await page.route('**/api/moderate', route => {
    const { direction } = (route.request().postDataJSON() ?? {}) as { direction?: string }
    if (direction !== 'output') return route.continue()
    return route.fulfill({ status: 503, json: error('unavailable', 'Not now.') })
  })
}

type Payload = { client_secret: { value: string }; url?: string }

async function change(page: Page, edit: (payload: Payload) => object, times?: number): Promise<void> {
  const answer = async (route: Route) => {
    const response = await route.fetch()
    return route.fulfill({ response, json: edit(await response.json()) })
  }
  await page.route('**/api/session2?*', answer, times === undefined ? {} : { times })
}
