import { parseCel } from '@sluice/core'
import type { JSONWebKeySet } from 'jose'
import { GoogleError } from '../error.ts'
import { ensureProject } from './state.ts'
import type { CustomRole, GcpState, Pool, Provider } from './types.ts'

export interface PoolInput {
  readonly id: string
  readonly displayName?: string
  readonly description?: string
  readonly disabled?: boolean
}

export interface ProviderInput {
  readonly id: string
  readonly issuerUri: string
  readonly displayName?: string
  readonly description?: string
  readonly disabled?: boolean
  readonly allowedAudiences?: readonly string[]
  readonly keys?: JSONWebKeySet
  /** `google.subject` → `assertion.sub` by default. */
  readonly attributeMapping?: { readonly [attribute: string]: string }
  readonly attributeCondition?: string
}

export interface RoleInput {
  readonly id: string
  readonly permissions: readonly string[]
  readonly title?: string
  readonly description?: string
  readonly stage?: string
}

/** Makes a pool, or changes the one of that name; its providers stay. */
export function makePool(state: GcpState, projectId: string, input: PoolInput): Pool {
  const { number } = ensureProject(state, projectId)
  if (!/^[a-z][a-z0-9-]{2,30}[a-z0-9]$/.test(input.id) || input.id.startsWith('gcp-'))
    throw invalid(`Workload identity pool ID '${input.id}' is invalid.`)
  const name = `projects/${number}/locations/global/workloadIdentityPools/${input.id}`
  const pool: Pool = {
    projectId,
    id: input.id,
    name,
    displayName: input.displayName ?? '',
    description: input.description ?? '',
    disabled: input.disabled ?? false,
    deleted: false,
    providers: state.pools.get(name)?.providers ?? new Map(),
  }
  state.pools.set(name, pool)
  return pool
}

/** Makes a provider, or another one of that name. */
export function makeProvider(pool: Pool, input: ProviderInput): Provider {
  if (!/^[a-z][a-z0-9-]{2,30}[a-z0-9]$/.test(input.id)) throw invalid(`Workload identity pool provider ID '${input.id}' is invalid.`)
  if (!input.issuerUri.startsWith('https://')) throw invalid('Invalid OIDC issuer URI. The scheme must be https.')
  const attributeMapping = input.attributeMapping ?? { 'google.subject': 'assertion.sub' }
  checkMapping(attributeMapping)
  if (input.attributeCondition !== undefined) checkExpression('attributeCondition', input.attributeCondition)
  const { id, issuerUri, displayName = '', description = '', disabled = false, allowedAudiences = [], keys, attributeCondition } = input
  const provider: Provider = {
    id,
    issuerUri,
    displayName,
    description,
    disabled,
    allowedAudiences,
    attributeMapping,
    deleted: false,
    ...(keys ? { keys } : {}),
    ...(attributeCondition === undefined ? {} : { attributeCondition }),
  }
  pool.providers.set(provider.id, provider)
  return provider
}

function checkMapping(mapping: Provider['attributeMapping']): void {
  if (mapping['google.subject'] === undefined) throw invalid('The attribute mapping must map google.subject.')
  for (const [attribute, expression] of Object.entries(mapping)) {
    if (!/^(google\.(subject|groups)|attribute\.[a-z0-9_]{1,100})$/.test(attribute))
      throw invalid(`Invalid mapped attribute key: ${attribute}`)
    checkExpression(attribute, expression)
  }
}

function checkExpression(what: string, expression: string): void {
  const reading = parseCel(expression)
  if (!reading.ok) throw invalid(`The expression of ${what} cannot be compiled: ${reading.problem.message}`)
}

/** Makes a custom role, or changes what it holds: that reaches authorisation late. */
export function makeRole(state: GcpState, projectId: string, input: RoleInput): CustomRole {
  ensureProject(state, projectId)
  if (!/^[a-zA-Z0-9_.]{3,64}$/.test(input.id)) throw invalid(`The role id ${input.id} is invalid.`)
  const wrong = input.permissions.find((permission) => !/^[a-z]+(\.[a-zA-Z]+){2}$/.test(permission))
  if (wrong !== undefined) throw invalid(`Permission ${wrong} is not valid.`)
  const role: CustomRole = {
    name: `projects/${projectId}/roles/${input.id}`,
    title: input.title ?? input.id,
    description: input.description ?? '',
    permissions: input.permissions,
    stage: input.stage ?? 'GA',
    deleted: false,
  }
  state.roles.set(role.name, role, state.iamDelayMs)
  return role
}

function invalid(message: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', message)
}
