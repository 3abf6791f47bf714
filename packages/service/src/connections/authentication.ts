import { accessError, type AuthContext, type Cloud, type Connection, type ConnectionAuth, type ParsedAuth } from '@sluice/core'
import type { ServiceDeps } from '../shared/deps.ts'
import { requireMethod } from '../shared/lookup.ts'

type RoleAuth = Extract<ConnectionAuth, { method: 'role' }>

/**
 * Parses a method's fields. A connection that exists keeps its external id, and its role where the fields name none;
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
  requireMethod(cloud, method)
  const parsed = cloud.parseAuth(method, fields, { ...context, platform: deps.platform() })
  if (parsed.auth.method !== 'role') return parsed
  if (current?.auth.method === 'role') return { ...parsed, auth: keepIdentity(current.auth, parsed.auth) }
  if (issued !== undefined && idOf(parsed.auth) !== issued) throw otherId()
  if (deps.mode.multiOrganization) requireIssued(parsed.auth)
  return parsed
}

function keepIdentity(held: RoleAuth, asked: RoleAuth): RoleAuth {
  // `issued` is also what a cloud makes of fields that say nothing about an external id.
  const isSame = asked.externalId.kind === 'issued' || idOf(asked) === idOf(held)
  if (!isSame) throw otherId()
  const roleArn = asked.roleArn ?? held.roleArn
  return { method: 'role', externalId: held.externalId, ...(roleArn === undefined ? {} : { roleArn }) }
}

function otherId(): unknown {
  return accessError('connection.external_id_fixed', {
    message: 'The external id of a connection never changes, and another one was given.',
  })
}

function idOf({ externalId }: RoleAuth): string | undefined {
  return externalId.kind === 'none' ? undefined : externalId.value
}

// Where customers share our principal, an id that one can choose another can choose too, and a role that asks for none trusts them all.
function requireIssued({ externalId }: RoleAuth): void {
  if (externalId.kind === 'issued') return
  throw accessError('connection.external_id_chosen', {
    message:
      externalId.kind === 'chosen'
        ? 'Several organizations share this Sluice and its principal, so the external id is issued by Sluice and cannot be chosen.'
        : 'Several organizations share this Sluice and its principal, so every role must ask for an external id.',
  })
}
