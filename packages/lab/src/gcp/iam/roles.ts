import { GOOGLE_ROLES, type JsonObject } from '@sluice/core'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import type { ApiRoute, PathParts } from '../api-route.ts'
import { demandApiCaller } from '../auth/api-caller.ts'
import { readJson, textField, textList } from '../body.ts'
import type { Call } from '../call.ts'
import { GoogleError } from '../error.ts'
import { makeRole } from '../state/identities.ts'
import type { CustomRole, Project } from '../state/types.ts'
import { alreadyExists, demandInProject, notFound } from './context.ts'
import { isObject } from '../../state/json.ts'

const ALL = '/v1/projects/{project}/roles'
const ONE = `${ALL}/{role}`

export const ROLE_ROUTES: readonly ApiRoute[] = [
  { operation: 'iam.roles.create', method: 'POST', path: ALL, run: create },
  { operation: 'iam.roles.list', method: 'GET', path: ALL, run: list },
  { operation: 'iam.roles.get', method: 'GET', path: ONE, run: get },
  { operation: 'iam.roles.patch', method: 'PATCH', path: ONE, run: patch },
  { operation: 'iam.roles.delete', method: 'DELETE', path: ONE, run: setDeleted(true) },
  { operation: 'iam.roles.undelete', method: 'POST', path: `${ONE}:undelete`, run: setDeleted(false) },
  { operation: 'iam.roles.get', method: 'GET', path: '/v1/roles/{role}', run: getPredefined },
  { operation: 'iam.permissions.query', method: 'POST', path: '/v1/permissions:queryTestablePermissions', run: queryPermissions },
]

async function create(call: Call, parts: PathParts): Promise<Answer> {
  const project = demandInProject(call, parts, 'iam.roles.create')
  const body = await readJson(call, 'INVALID_ARGUMENT')
  const id = textField(body, 'roleId') ?? ''
  const existing = call.state.roles.latest(nameOf(project, id))
  if (existing?.deleted)
    throw new GoogleError(
      400,
      'FAILED_PRECONDITION',
      `You can't create a role with role_id (${id}) where there is an existing role with that role_id in a deleted state.`,
    )
  if (existing) throw alreadyExists(`A role named ${id} in projects/${project.id} already exists.`)
  return jsonAnswer(resourceOf(save(call, project, id, isObject(body['role']) ? body['role'] : {})))
}

async function list(call: Call, parts: PathParts): Promise<Answer> {
  const project = demandInProject(call, parts, 'iam.roles.list')
  const { roles } = call.state
  const own = roles.latestValues().filter(({ name, deleted }) => name.startsWith(nameOf(project, '')) && !deleted)
  return jsonAnswer(own.length === 0 ? {} : { roles: own.map((role) => resourceOf(role, false)) })
}

async function get(call: Call, parts: PathParts): Promise<Answer> {
  const project = demandInProject(call, parts, 'iam.roles.get')
  return jsonAnswer(resourceOf(roleOf(call, project, parts)))
}

async function patch(call: Call, parts: PathParts): Promise<Answer> {
  const project = demandInProject(call, parts, 'iam.roles.update')
  const role = roleOf(call, project, parts)
  if (role.deleted) throw new GoogleError(400, 'FAILED_PRECONDITION', `You can't update the role named ${role.name} because it is deleted.`)
  const change = await readJson(call, 'INVALID_ARGUMENT')
  return jsonAnswer(resourceOf(save(call, project, parts['role'] ?? '', { ...resourceOf(role), ...change })))
}

function setDeleted(deleted: boolean): ApiRoute['run'] {
  return async (call, parts) => {
    const project = demandInProject(call, parts, `iam.roles.${deleted ? 'delete' : 'undelete'}`)
    const role = { ...roleOf(call, project, parts), deleted }
    call.state.roles.set(role.name, role, call.state.iamDelayMs)
    return jsonAnswer(resourceOf(role))
  }
}

async function getPredefined(call: Call, { role = '' }: PathParts): Promise<Answer> {
  demandApiCaller(call)
  const name = `roles/${role}`
  const permissions = GOOGLE_ROLES[name]
  if (!permissions) throw notFound(`The role named ${name} was not found.`)
  return jsonAnswer({ name, includedPermissions: permissions, stage: 'GA' })
}

/** Which permissions a custom role may hold: gcloud asks before it makes one. */
async function queryPermissions(call: Call): Promise<Answer> {
  demandApiCaller(call)
  const names = [...new Set(Object.values(GOOGLE_ROLES).flat())].toSorted()
  return jsonAnswer({ permissions: names.map((name) => ({ name, stage: 'GA' })) })
}

function save({ state }: Call, project: Project, id: string, role: JsonObject): CustomRole {
  return makeRole(state, project.id, {
    id,
    permissions: textList(role['includedPermissions']),
    title: textField(role, 'title') ?? id,
    description: textField(role, 'description') ?? '',
    stage: textField(role, 'stage') ?? 'ALPHA',
  })
}

function nameOf({ id }: Project, role: string): string {
  return `projects/${id}/roles/${role}`
}

function roleOf({ state }: Call, project: Project, { role: id = '' }: PathParts): CustomRole {
  const role = state.roles.latest(nameOf(project, id))
  if (!role) throw notFound(`The role named ${nameOf(project, id)} was not found.`)
  return role
}

function resourceOf(role: CustomRole, full = true): JsonObject {
  return {
    name: role.name,
    title: role.title,
    description: role.description,
    stage: role.stage,
    etag: Buffer.from(JSON.stringify(role.permissions)).toString('base64').slice(0, 12),
    ...(full ? { includedPermissions: role.permissions } : {}),
    ...(role.deleted ? { deleted: true } : {}),
  }
}
