import type { JsonObject } from '@sluice/core'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import { apiRoutes, type PathParts } from '../api-route.ts'
import { demandApiCaller } from '../auth/api-caller.ts'
import { policyName } from '../auth/authorize.ts'
import type { Call } from '../call.ts'
import { GoogleError } from '../error.ts'
import { policyMethods } from '../policy-methods.ts'
import { findProject } from '../state/state.ts'
import type { Project } from '../state/types.ts'
import { mayProject } from '../storage/context.ts'

/** The Resource Manager API, as far as a setup asks it. https://cloud.google.com/resource-manager/reference/rest */
export const PROJECT_ROUTES = apiRoutes(
  ['v1', 'v3'].flatMap((version) => [
    { operation: 'cloudresourcemanager.projects.get', method: 'GET', path: `/${version}/projects/{project}`, run: getProject },
    ...policyMethods('cloudresourcemanager.projects', 'resourcemanager.projects', `/${version}/projects/{project}`, (call, parts) => {
      const project = demandProject(call, parts)
      return {
        carrier: policyName.project(project.id),
        may: (caller, permission) => mayProject(call.state, caller, project.id, permission),
        shownAs: `//cloudresourcemanager.googleapis.com/projects/${project.id}`,
      }
    }),
  ]),
)

/** Of a project that is not there no more is told than of one that is somebody else's. */
function demandProject({ state }: Call, { project = '' }: PathParts): Project {
  const found = findProject(state, project)
  if (!found) throw forbidden()
  return found
}

function forbidden(): GoogleError {
  return new GoogleError(403, 'PERMISSION_DENIED', 'The caller does not have permission')
}

async function getProject(call: Call, parts: PathParts): Promise<Answer> {
  const caller = demandApiCaller(call)
  const project = demandProject(call, parts)
  if (!mayProject(call.state, caller, project.id, 'resourcemanager.projects.get')) throw forbidden()
  const created = new Date(project.createdAt).toISOString()
  const shown: JsonObject = call.request.rawPath.startsWith('/v3/')
    ? { name: `projects/${project.number}`, projectId: project.id, state: 'ACTIVE', displayName: project.id, createTime: created }
    : { projectNumber: project.number, projectId: project.id, lifecycleState: 'ACTIVE', name: project.id, createTime: created }
  return jsonAnswer(shown)
}
