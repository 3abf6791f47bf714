import {
  accessError,
  externalIdOf,
  type AuthContext,
  type Cloud,
  type Connection,
  type ConnectionAuth,
  type ExternalId,
  type ParsedAuth,
} from '@sluice/core'
import type { ServiceDeps } from '../shared/deps.ts'
import { requireMethod } from '../shared/lookup.ts'
import { comesLater } from './awaited-secret.ts'

/**
 * Parses a method's fields. A connection that exists keeps its external id, and what it knew of a keyless method where the fields say nothing new;
 * one that had another method meanwhile gets the id back that was once `issued` to it.
 */
export function parseAuthentication(
  deps: Pick<ServiceDeps, 'mode' | 'platform'>,
  cloud: Cloud,
  method: string,
  fields: { readonly [field: string]: string },
  context: Omit<AuthContext, 'platform'>,
  current?: Connection,
  issued?: string,
): ParsedAuth {
  const chosen = requireMethod(cloud, method)
  if (deps.mode.multiOrganization && chosen.sharesIdentity?.(deps.platform()) === true) throw sharedIdentity(method)
  if (comesLater(chosen, fields, current)) return { auth: { method, fields: {} }, warnings: [] }
  const parsed = cloud.parseAuth(method, fields, { ...context, platform: deps.platform() })
  const auth = current?.auth.method === method ? keepKnown(current.auth, parsed.auth) : parsed.auth
  if (auth.externalId === undefined) return { ...parsed, auth }
  if (current?.auth.externalId !== undefined) return { ...parsed, auth: keepExternalId(current.auth, auth) }
  if (issued !== undefined && externalIdOf(auth) !== issued) throw otherId()
  if (deps.mode.multiOrganization) requireIssued(auth.externalId)
  return { ...parsed, auth }
}

/** A method without a secret is told of piece by piece; a new secret comes with everything that belongs to it. */
function keepKnown(held: ConnectionAuth, asked: ConnectionAuth): ConnectionAuth {
  return asked.secretId === undefined ? { ...asked, fields: { ...held.fields, ...asked.fields } } : asked
}

function keepExternalId(held: ConnectionAuth, asked: ConnectionAuth): ConnectionAuth {
  // `issued` is also what a cloud makes of fields that say nothing about an external id.
  const isSame = asked.externalId?.kind === 'issued' || externalIdOf(asked) === externalIdOf(held)
  if (!isSame) throw otherId()
  return { ...asked, ...(held.externalId === undefined ? {} : { externalId: held.externalId }) }
}

function sharedIdentity(method: string): unknown {
  return accessError('connection.shared_identity', {
    message: `Several organizations share this Sluice, and by the method ${method} all of them would act as one identity: each could use what another's customer granted.`,
  })
}

function otherId(): unknown {
  return accessError('connection.external_id_fixed', {
    message: 'The external id of a connection never changes, and another one was given.',
  })
}

// Where customers share our principal, an id that one can choose another can choose too, and a role that asks for none trusts them all.
function requireIssued(externalId: ExternalId): void {
  if (externalId.kind === 'issued') return
  throw accessError('connection.external_id_chosen', {
    message:
      externalId.kind === 'chosen'
        ? 'Several organizations share this Sluice and its principal, so the external id is issued by Sluice and cannot be chosen.'
        : 'Several organizations share this Sluice and its principal, so every role must ask for an external id.',
  })
}
