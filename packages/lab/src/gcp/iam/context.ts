import type { PathParts } from '../api-route.ts'
import { demandApiCaller, permissionDenied } from '../auth/api-caller.ts'
import { may, policyName } from '../auth/authorize.ts'
import type { Call } from '../call.ts'
import { GoogleError } from '../error.ts'
import { serviceAccountResource } from '../state/service-accounts.ts'
import { findProject } from '../state/state.ts'
import type { Project, ServiceAccount } from '../state/types.ts'
import { mayProject } from '../storage/context.ts'

/** The project of a path, in which the caller may do this. */
export function demandInProject(call: Call, { project: name = '' }: PathParts, permission: string): Project {
  const caller = demandApiCaller(call)
  const project = findProject(call.state, name)
  if (!project || !mayProject(call.state, caller, project.id, permission))
    throw permissionDenied(permission, `//cloudresourcemanager.googleapis.com/projects/${name}`)
  return project
}

/** The service account of a path, with which the caller may do this. */
export function demandAccount(call: Call, parts: PathParts, permission: string): ServiceAccount {
  const caller = demandApiCaller(call)
  const account = findAccount(call, parts)
  const allowed = may(call.state, caller, {
    permission,
    resource: serviceAccountResource(account),
    carriers: [policyName.serviceAccount(account), policyName.project(account.projectId)],
  })
  if (!allowed) throw permissionDenied(permission)
  return account
}

/** By e-mail address or unique id; the project may be left out with a hyphen. */
export function findAccount({ state }: Call, { project = '', account = '' }: PathParts): ServiceAccount {
  const found = state.serviceAccounts.get(account) ?? [...state.serviceAccounts.values()].find(({ uniqueId }) => uniqueId === account)
  if (!found || (project !== '-' && findProject(state, project)?.id !== found.projectId)) throw notFound('Unknown service account')
  return found
}

export function notFound(message = 'Requested entity was not found.'): GoogleError {
  return new GoogleError(404, 'NOT_FOUND', message)
}

export function alreadyExists(message = 'Requested entity already exists'): GoogleError {
  return new GoogleError(409, 'ALREADY_EXISTS', message)
}
