import {
  accessError,
  type AuthContext,
  type Cloud,
  type Connection,
  type ConnectionAuth,
  type ParsedAuth,
  type Platform,
} from '@sluice/core'
import type { ServiceDeps } from '../shared/deps.ts'
import { requireMethod } from '../shared/lookup.ts'

type Fields = { readonly [field: string]: string }

/** Parses a method's fields. A connection that exists keeps its external id, whatever the fields leave out. */
export function parseAuthentication(
  deps: Pick<ServiceDeps, 'mode' | 'platform'>,
  cloud: Cloud,
  method: string,
  fields: Fields,
  context: Omit<AuthContext, 'platform'>,
  existing?: Connection,
): ParsedAuth {
  const platform = deps.platform()
  requireMethod(cloud, method)
  if (method === 'role') requireIdentity(cloud, platform)
  const held = existing?.auth.method === 'role' ? existing.auth.externalId : undefined
  const parsed = cloud.parseAuth(method, method === 'role' && held ? keepExternalId(held, fields) : fields, { ...context, platform })
  if (deps.mode.multiOrganization && !held) requireIssued(parsed.auth)
  return parsed
}

/** What the caller may see of a connection's authentication, as fields, for a change that gives only some of them. */
export function openFields(auth: ConnectionAuth): Fields {
  if (auth.method === 'role') return auth.roleArn === undefined ? {} : { roleArn: auth.roleArn }
  return auth.method === 'keys' ? { accessKeyId: auth.accessKeyId } : {}
}

function requireIdentity(cloud: Cloud, platform: Platform): void {
  if (Object.entries(platform).some(([id, identity]) => id === cloud.id && identity !== undefined)) return
  const others = cloud.methods.filter((method) => method.id !== 'role').map((method) => `${method.id} (${method.label})`)
  throw accessError('connection.no_identity', {
    message: `This Sluice has no identity of its own at ${cloud.label}, so no role can trust it.`,
    remedy: `Use ${others.join(' or ')}; or let the operator configure the platform's principal, after which role works.`,
  })
}

type HeldExternalId = Extract<ConnectionAuth, { method: 'role' }>['externalId']

function keepExternalId(held: HeldExternalId, fields: Fields): Fields {
  const kept = held.kind === 'none' ? 'none' : held.value
  const { externalId: asked, ...others } = fields
  if (asked !== undefined && asked !== kept)
    throw accessError('connection.external_id_fixed', {
      message: 'The external id of a connection never changes, and another one was given.',
    })
  return held.kind === 'issued' ? others : { ...others, externalId: kept }
}

// Where customers share our principal, an id that one can choose another can choose too, and a role that asks for none trusts them all.
function requireIssued(auth: ConnectionAuth): void {
  if (auth.method !== 'role' || auth.externalId.kind === 'issued') return
  if (auth.externalId.kind === 'chosen')
    throw accessError('connection.external_id_chosen', {
      message: 'Several organizations share this Sluice and its principal, so the external id is issued by Sluice and cannot be chosen.',
    })
  throw accessError('connection.external_id_chosen', {
    message: 'Several organizations share this Sluice and its principal, so every role must ask for an external id.',
  })
}
