import type { CloudMethod, Connection, ConnectionAuth } from '@sluice/core'

/**
 * Whether the secret of a method may come later: its setup is what makes the secret, and a connection has to be there to write the setup for.
 * Only nothing at all may be left for later; fields that are given in part are refused as ever.
 */
export function comesLater(
  method: Pick<CloudMethod, 'keyless' | 'setups'>,
  fields: { readonly [field: string]: string },
  current: Connection | undefined,
): boolean {
  if (method.keyless || method.setups.length === 0 || current?.auth.secretId !== undefined) return false
  return Object.values(fields).every((value) => value.trim() === '')
}

/** Whether a connection still waits for the secret of its method. */
export function awaitsSecret(auth: ConnectionAuth, method: Pick<CloudMethod, 'keyless'>): boolean {
  return !method.keyless && auth.secretId === undefined
}
