import { accessError, type ConnectionAuth } from '@sluice/core'

/** The authentication with the end of its secret that somebody named; of two that are known, the earlier holds. */
export function withSecretEnd(auth: ConnectionAuth, named: string | undefined): ConnectionAuth {
  if (named === undefined) return auth
  if (auth.secretId === undefined)
    throw accessError('connection.bad_setting', { message: `The method ${auth.method} stores no secret that could end.` })
  const time = Date.parse(named)
  if (Number.isNaN(time))
    throw accessError('connection.bad_setting', { message: 'The end of the secret is not a time: write it like 2030-01-31T00:00:00Z.' })
  const said = auth.secretExpiresAt === undefined ? Infinity : Date.parse(auth.secretExpiresAt)
  return { ...auth, secretExpiresAt: new Date(Math.min(time, said)).toISOString() }
}
