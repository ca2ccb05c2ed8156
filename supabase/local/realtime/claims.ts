import { createSecretKey } from 'node:crypto'
import { errors, jwtVerify } from 'jose'
import type { Settings } from './options.ts'

/** Who speaks, as far as the database is concerned. */
export type Identity = {
  role: string
  claims: Record<string, unknown>
  /** Seconds since 1970; absent for opaque keys, which never expire. */
  expiresAt?: number
}

/** A credential that is present but bad, or missing; the message is the public reason. */
export class TokenRefused extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Turns an API key or a JWT into an identity. @throws {TokenRefused} */
export type Identify = (token: string | null | undefined) => Promise<Identity>

/** Makes the one function that judges credentials: known opaque keys by name, everything else as an HS256 token. */
export function makeIdentify(settings: Settings): Identify {
  const secret = createSecretKey(Buffer.from(settings.jwtSecret))
  const roles = new Map<string, string>([
    ...settings.anonKeys.map(key => [key, 'anon'] as const),
    ...settings.serviceKeys.map(key => [key, 'service_role'] as const),
  ])
  return async token => {
    if (!token) throw new TokenRefused('MissingApiKey', 'API key is missing')
    // A JWT may be listed as a key too; it is still verified, so that a wrong secret shows at once.
    const role = token.startsWith('sb_') ? roles.get(token) : undefined
    if (role) return { role, claims: { role } }
    return verify(token, secret)
  }
}

async function verify(token: string, secret: ReturnType<typeof createSecretKey>): Promise<Identity> {
  const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'] }).catch(refuse)
  const { role, exp } = payload
  if (typeof role !== 'string' || exp === undefined) {
    throw new TokenRefused('InvalidJWTToken', 'Fields `role` and `exp` are required in JWT')
  }
  return { role, claims: payload, expiresAt: exp }
}

function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) {
    const late = Math.max(0, Math.floor(Date.now() / 1000) - (error.payload.exp ?? 0))
    throw new TokenRefused('InvalidJWTToken', `Token has expired ${late} seconds ago`)
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed) {
    throw new TokenRefused('JwtSignatureError', 'Failed to validate JWT signature')
  }
  throw new TokenRefused('MalformedJWT', 'The token provided is not a valid JWT')
}
