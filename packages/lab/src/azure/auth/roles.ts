import { evaluateRbac, type BlobOperation } from '@sluice/core'
import { queryValue } from '../../http/request.ts'
import type { BlobRequest } from '../blob/call.ts'
import { authorizationMismatch } from '../error.ts'
import { resourceId } from '../state/state.ts'

/** Refuses what no role of an identity allows at this moment. */
export function demandRole(call: BlobRequest, objectId: string, operation: BlobOperation): void {
  if (!roleAllows(call, objectId, operation)) throw authorizationMismatch('Permission')
}

/** Whether a role of an identity allows something at this moment, and no deny assignment keeps it from it. */
export function roleAllows(call: BlobRequest, objectId: string, operation: BlobOperation): boolean {
  const { account, request, state, target } = call
  const versionId = queryValue(request, 'versionid')
  const prefix = operation === 'ListBlobs' ? queryValue(request, 'prefix') : undefined
  const resource = {
    accountId: resourceId(account),
    hierarchical: account.hierarchical,
    isCurrentVersion: versionId === undefined,
    managementGroups: [],
    ...(target.container === undefined ? {} : { container: target.container }),
    ...(target.blob === undefined ? {} : { path: target.blob }),
    ...(prefix === undefined ? {} : { prefix }),
  }
  const { outcome } = evaluateRbac({
    principalIds: [objectId],
    operation,
    resource,
    denials: [...state.denials.values()],
    assignments: state.assignments.visibleValues(),
    definitions: [...state.definitions.values()],
  })
  // A condition that asks for what cannot be told does not hold: the lab lets in nobody by mistake.
  return outcome === 'allowed'
}
