import type { Json, JsonObject } from '@sluice/core'
import type { JSONWebKeySet } from 'jose'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import { queryValue } from '../../http/request.ts'
import type { ApiRoute, PathParts } from '../api-route.ts'
import { parseJson, readJson, textField, textList } from '../body.ts'
import type { Call } from '../call.ts'
import { GoogleError } from '../error.ts'
import { makeProvider, type ProviderInput } from '../state/identities.ts'
import type { Pool, Provider } from '../state/types.ts'
import { alreadyExists, demandInProject, notFound } from './context.ts'
import { demandPool, described, getOperation, operation, POOL, type PoolVerb } from './pools.ts'
import { isObject } from '../../state/json.ts'

const PROVIDERS = `${POOL}/providers`
const PROVIDER = `${PROVIDERS}/{provider}`

export const PROVIDER_ROUTES: readonly ApiRoute[] = [
  { operation: 'iam.workloadIdentityPoolProviders.create', method: 'POST', path: PROVIDERS, run: createProvider },
  { operation: 'iam.workloadIdentityPoolProviders.list', method: 'GET', path: PROVIDERS, run: listProviders },
  { operation: 'iam.workloadIdentityPoolProviders.get', method: 'GET', path: PROVIDER, run: getProvider },
  { operation: 'iam.workloadIdentityPoolProviders.patch', method: 'PATCH', path: PROVIDER, run: patchProvider },
  { operation: 'iam.workloadIdentityPoolProviders.delete', method: 'DELETE', path: PROVIDER, run: setProviderDeleted(true) },
  { operation: 'iam.workloadIdentityPoolProviders.undelete', method: 'POST', path: `${PROVIDER}:undelete`, run: setProviderDeleted(false) },
  { operation: 'iam.operations.get', method: 'GET', path: `${PROVIDER}/operations/{operation}`, run: getOperation },
]

const demandProviders = (call: Call, parts: PathParts, verb: PoolVerb): Pool =>
  demandPool(call, demandInProject(call, parts, `iam.workloadIdentityPoolProviders.${verb}`), parts)

async function createProvider(call: Call, parts: PathParts): Promise<Answer> {
  const pool = demandProviders(call, parts, 'create')
  const id = queryValue(call.request, 'workloadIdentityPoolProviderId') ?? ''
  const body = await readJson(call, 'INVALID_ARGUMENT')
  if (pool.providers.has(id)) throw alreadyExists()
  return operation(call, providerResource(pool, makeProvider(pool, { id, ...readProvider(body) })))
}

async function listProviders(call: Call, parts: PathParts): Promise<Answer> {
  const pool = demandProviders(call, parts, 'list')
  const providers = [...pool.providers.values()].filter(({ deleted }) => !deleted)
  return jsonAnswer(
    providers.length === 0 ? {} : { workloadIdentityPoolProviders: providers.map((provider) => providerResource(pool, provider)) },
  )
}

async function getProvider(call: Call, parts: PathParts): Promise<Answer> {
  const pool = demandProviders(call, parts, 'get')
  return jsonAnswer(providerResource(pool, demandProvider(pool, parts)))
}

async function patchProvider(call: Call, parts: PathParts): Promise<Answer> {
  const pool = demandProviders(call, parts, 'update')
  const provider = demandProvider(pool, parts)
  const body = await readJson(call, 'INVALID_ARGUMENT')
  const changed = makeProvider(pool, { id: provider.id, ...readProvider({ ...providerResource(pool, provider), ...body }) })
  return operation(call, providerResource(pool, changed))
}

function setProviderDeleted(deleted: boolean): ApiRoute['run'] {
  return async (call, parts) => {
    const pool = demandProviders(call, parts, deleted ? 'delete' : 'undelete')
    const changed = { ...demandProvider(pool, parts), deleted }
    pool.providers.set(changed.id, changed)
    return operation(call, providerResource(pool, changed))
  }
}

function demandProvider(pool: Pool, { provider: id = '' }: PathParts): Provider {
  const provider = pool.providers.get(id)
  if (!provider) throw notFound()
  return provider
}

function readProvider(body: JsonObject): Omit<ProviderInput, 'id'> {
  const oidc = body['oidc']
  if (!isObject(oidc)) throw new GoogleError(501, 'UNIMPLEMENTED', 'The lab implements providers of the kind oidc only.')
  const keys = textField(oidc, 'jwksJson')
  const condition = textField(body, 'attributeCondition')
  const mapping = body['attributeMapping']
  return {
    issuerUri: textField(oidc, 'issuerUri') ?? '',
    allowedAudiences: textList(oidc['allowedAudiences']),
    displayName: textField(body, 'displayName') ?? '',
    description: textField(body, 'description') ?? '',
    disabled: body['disabled'] === true,
    attributeMapping: isObject(mapping) ? textsOf(mapping) : {},
    ...(keys === undefined ? {} : { keys: readKeys(keys) }),
    ...(condition === undefined || condition === '' ? {} : { attributeCondition: condition }),
  }
}

function readKeys(text: string): JSONWebKeySet {
  const { keys } = parseJson(text, 'INVALID_ARGUMENT')
  if (!Array.isArray(keys) || keys.length === 0) throw new GoogleError(400, 'INVALID_ARGUMENT', 'Input JWK is not in a valid json format')
  return { keys: keys.map(readKey) }
}

/** Google takes keys of these kinds; whether one is well formed shows when it is used. */
function readKey(key: Json): JSONWebKeySet['keys'][number] {
  const kty = isObject(key) ? textField(key, 'kty') : undefined
  if (!isObject(key) || (kty !== 'RSA' && kty !== 'EC'))
    throw new GoogleError(400, 'INVALID_ARGUMENT', 'Invalid JWKs. Only RSA, EC key types are supported.')
  return { ...textsOf(key), kty }
}

function providerResource(pool: Pool, provider: Provider): JsonObject & { readonly name: string } {
  return {
    name: `${pool.name}/providers/${provider.id}`,
    ...described(provider),
    attributeMapping: provider.attributeMapping,
    ...(provider.attributeCondition === undefined ? {} : { attributeCondition: provider.attributeCondition }),
    oidc: {
      issuerUri: provider.issuerUri,
      ...(provider.allowedAudiences.length === 0 ? {} : { allowedAudiences: provider.allowedAudiences }),
      ...(provider.keys ? { jwksJson: JSON.stringify(provider.keys) } : {}),
    },
  }
}

function textsOf(map: JsonObject): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(map).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])))
}
