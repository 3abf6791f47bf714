import { type AccessBoundary, type AccessBoundaryRule, type LeaseScope, type Location, accessError } from '@sluice/core'
import { celText } from './cel.ts'

/** https://cloud.google.com/iam/docs/reference/sts/rest/v1/Options */
const LONGEST = 2_048

/** What a boundary needs to be told of the connection. */
export interface BoundaryWords {
  /** The customer's role that holds the permission to delete and nothing else. */
  readonly deleteRole?: string | undefined
  /** The project that requests are billed to, where the bucket bills whoever asks. */
  readonly billedProject?: string | undefined
}

/**
 * The access boundary that narrows a token to a scope: these accesses under this location, and nothing else.
 *
 * Google's own roles are the only words a boundary has, so each access is said by the smallest one that holds it and a condition that
 * leaves nothing else of it: the right to list is about the bucket, all others are about objects. Refused where that cannot be said.
 * https://cloud.google.com/iam/docs/downscoping-short-lived-credentials
 */
export function accessBoundary({ location, access }: LeaseScope, { deleteRole, billedProject }: BoundaryWords = {}): AccessBoundary {
  if (access.length === 0) throw accessError('gcp.lease.empty', { message: 'A lease that allows nothing was asked for.' })
  const availableResource = `//storage.googleapis.com/projects/_/buckets/${location.bucket}`
  const roles = objectRoles(access, deleteRole)
  const rules: readonly AccessBoundaryRule[] = [
    ...(access.includes('list')
      ? [{ availableResource, availablePermissions: ['inRole:roles/storage.legacyBucketReader'], ...conditionOf(listExpression(location)) }]
      : []),
    ...(roles.length > 0
      ? [{ availableResource, availablePermissions: roles.map((role) => `inRole:${role}`), ...conditionOf(objectExpression(location)) }]
      : []),
    ...(billedProject === undefined ? [] : [billingRule(billedProject)]),
  ]
  const boundary = { accessBoundaryRules: rules }
  const length = Buffer.byteLength(JSON.stringify(boundary))
  if (length > LONGEST)
    throw accessError('gcp.lease.policy_too_large', {
      message: `The access boundary for ${location.bucket}/${location.prefix.slice(0, 100)} would have ${length} bytes; Google takes ${LONGEST}.`,
      context: { length, limit: LONGEST },
    })
  return boundary
}

/** Roles that hold no more, of what can be done to an object, than the accesses. */
function objectRoles(access: LeaseScope['access'], deleteRole: string | undefined): readonly string[] {
  const [reads, writes, deletes] = [access.includes('read'), access.includes('write'), access.includes('delete')]
  const reading = reads ? ['roles/storage.legacyObjectReader'] : []
  if (!deletes) return [...reading, ...(writes ? ['roles/storage.objectCreator'] : [])]
  if (deleteRole !== undefined) return [...reading, ...(writes ? ['roles/storage.objectCreator'] : []), deleteRole]
  // Creates and deletes; that it also lists the bucket is cut off by the condition.
  if (writes) return [...reading, 'roles/storage.legacyBucketWriter']
  throw accessError('gcp.lease.delete_alone', {
    message: 'A lease to delete and not to write cannot be narrowed with the roles that Google has.',
  })
}

/** Billing is asked of the project, as what the token itself may do there. */
function billingRule(project: string): AccessBoundaryRule {
  return {
    availableResource: `//cloudresourcemanager.googleapis.com/projects/${project}`,
    availablePermissions: ['inRole:roles/serviceusage.serviceUsageConsumer'],
  }
}

function objectExpression({ bucket, prefix, extent }: Location): string {
  const name = celText(`projects/_/buckets/${bucket}/objects/${prefix}`)
  return extent === 'object' ? `resource.name == ${name}` : `resource.name.startsWith(${name})`
}

/** Of a listing, the boundary sees the prefix asked for; of all other requests it sees none. */
function listExpression({ prefix, extent }: Location): string | undefined {
  if (extent === 'bucket') return undefined
  const asked = "api.getAttribute('storage.googleapis.com/objectListPrefix', '')"
  return extent === 'object' ? `${asked} == ${celText(prefix)}` : `${asked}.startsWith(${celText(prefix)})`
}

function conditionOf(expression: string | undefined): Pick<AccessBoundaryRule, 'availabilityCondition'> {
  return expression === undefined ? {} : { availabilityCondition: { expression } }
}
