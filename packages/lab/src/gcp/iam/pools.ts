import type { JsonObject } from '@sluice/core'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import { queryValue } from '../../http/request.ts'
import type { ApiRoute, PathParts } from '../api-route.ts'
import { readJson, textField } from '../body.ts'
import type { Call } from '../call.ts'
import { makePool } from '../state/identities.ts'
import type { Pool, Project, Provider } from '../state/types.ts'
import { alreadyExists, demandInProject, notFound } from './context.ts'

const POOLS = '/v1/projects/{project}/locations/global/workloadIdentityPools'
export const POOL = `${POOLS}/{pool}`

export const POOL_ROUTES: readonly ApiRoute[] = [
  { operation: 'iam.workloadIdentityPools.create', method: 'POST', path: POOLS, run: createPool },
  { operation: 'iam.workloadIdentityPools.list', method: 'GET', path: POOLS, run: listPools },
  { operation: 'iam.workloadIdentityPools.get', method: 'GET', path: POOL, run: getPool },
  { operation: 'iam.workloadIdentityPools.patch', method: 'PATCH', path: POOL, run: patchPool },
  { operation: 'iam.workloadIdentityPools.delete', method: 'DELETE', path: POOL, run: setPoolDeleted(true) },
  { operation: 'iam.workloadIdentityPools.undelete', method: 'POST', path: `${POOL}:undelete`, run: setPoolDeleted(false) },
  // Everything is done at once, so that there is never anything to wait for.
  { operation: 'iam.operations.get', method: 'GET', path: `${POOL}/operations/{operation}`, run: getOperation },
]

export type PoolVerb = 'create' | 'delete' | 'get' | 'list' | 'undelete' | 'update'

const demandPools = (call: Call, parts: PathParts, verb: PoolVerb): Project =>
  demandInProject(call, parts, `iam.workloadIdentityPools.${verb}`)

async function createPool(call: Call, parts: PathParts): Promise<Answer> {
  const project = demandPools(call, parts, 'create')
  const body = await readJson(call, 'INVALID_ARGUMENT')
  const id = queryValue(call.request, 'workloadIdentityPoolId') ?? ''
  // One that is deleted keeps its name for thirty days.
  if (findPool(call, project, id)) throw alreadyExists()
  return operation(call, poolResource(makePool(call.state, project.id, { id, ...poolTexts(body) })))
}

async function listPools(call: Call, parts: PathParts): Promise<Answer> {
  const project = demandPools(call, parts, 'list')
  const pools = [...call.state.pools.values()].filter(({ projectId, deleted }) => projectId === project.id && !deleted)
  return jsonAnswer(pools.length === 0 ? {} : { workloadIdentityPools: pools.map(poolResource) })
}

async function getPool(call: Call, parts: PathParts): Promise<Answer> {
  return jsonAnswer(poolResource(demandPool(call, demandPools(call, parts, 'get'), parts)))
}

async function patchPool(call: Call, parts: PathParts): Promise<Answer> {
  const pool = demandPool(call, demandPools(call, parts, 'update'), parts)
  const changed: Pool = { ...pool, ...poolTexts(await readJson(call, 'INVALID_ARGUMENT')) }
  call.state.pools.set(pool.name, changed)
  return operation(call, poolResource(changed))
}

function setPoolDeleted(deleted: boolean): ApiRoute['run'] {
  return async (call, parts) => {
    const pool = demandPool(call, demandPools(call, parts, deleted ? 'delete' : 'undelete'), parts)
    const changed = { ...pool, deleted }
    call.state.pools.set(pool.name, changed)
    return operation(call, poolResource(changed))
  }
}

function findPool({ state }: Call, { number }: Project, id: string): Pool | undefined {
  return state.pools.get(`projects/${number}/locations/global/workloadIdentityPools/${id}`)
}

export function demandPool(call: Call, project: Project, { pool: id = '' }: PathParts): Pool {
  const pool = findPool(call, project, id)
  if (!pool) throw notFound()
  return pool
}

function poolTexts(body: JsonObject): Pick<Partial<Pool>, 'displayName' | 'description' | 'disabled'> {
  const displayName = textField(body, 'displayName')
  const description = textField(body, 'description')
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...(typeof body['disabled'] === 'boolean' ? { disabled: body['disabled'] } : {}),
  }
}

function poolResource(pool: Pool): JsonObject & { readonly name: string } {
  return { name: pool.name, ...described(pool) }
}

/** What pools and providers show in the same way. */
export function described({ displayName, description, disabled, deleted }: Pool | Provider): JsonObject {
  return {
    state: deleted ? 'DELETED' : 'ACTIVE',
    ...(displayName === '' ? {} : { displayName }),
    ...(description === '' ? {} : { description }),
    ...(disabled ? { disabled: true } : {}),
  }
}

/** Changes of pools are long-running operations; here they are over when they are answered. */
export function operation(call: Call, response: JsonObject & { readonly name: string }): Answer {
  return jsonAnswer({ name: `${response.name}/operations/${call.request.id.toLowerCase()}`, done: true, response })
}

export async function getOperation({ request }: Call): Promise<Answer> {
  return jsonAnswer({ name: request.rawPath.slice('/v1/'.length), done: true })
}
