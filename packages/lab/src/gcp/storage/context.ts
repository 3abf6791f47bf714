import { storageResource } from '@sluice/core'
import { queryValue } from '../../http/request.ts'
import { bucketCarriers, may, policyName } from '../auth/authorize.ts'
import { callerOf, type Caller } from '../auth/caller.ts'
import type { Call } from '../call.ts'
import { GoogleError } from '../error.ts'
import { findProject } from '../state/state.ts'
import { checkGuards } from './guards.ts'
import type { Bucket, GcpState } from '../state/types.ts'

/** A request to Cloud Storage whose caller is known. */
export interface StorageCall extends Call {
  readonly caller: Caller
}

/** One that is about an existing bucket. */
export interface BucketCall extends StorageCall {
  readonly bucket: Bucket
  /** '' for operations on the bucket. */
  readonly key: string
}

/** The caller, or Storage's 401 for a token that does not count. */
export function storageCaller(call: Call): Caller {
  const caller = callerOf(call.state, call.request)
  if (caller === 'invalid')
    throw new GoogleError(401, 'authError', 'Invalid Credentials', {
      location: ['header', 'Authorization'],
      headers: { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
    })
  call.identified(caller.name)
  return caller
}

/** Finds the bucket and sees to it that somebody pays. */
export function demandBucket(call: StorageCall, name: string, key: string): BucketCall {
  const bucket = call.state.buckets.get(name)
  checkUserProject(call, bucket)
  if (!bucket) throw new GoogleError(404, 'notFound', 'The specified bucket does not exist.')
  checkGuards(call, bucket)
  return { ...call, bucket, key }
}

/** Whether the caller may, on an object or, without a key, on the bucket. Scopes are not asked here. */
export function mayStorage(call: BucketCall, permission: string, key?: string, objectListPrefix?: string): boolean {
  const { state, bucket, caller } = call
  return may(state, caller, {
    permission,
    resource: storageResource(bucket.name, key),
    carriers: bucketCarriers(bucket, key ?? objectListPrefix),
    publicAccessPrevented: bucket.publicAccessPrevention === 'enforced',
    ...(objectListPrefix === undefined ? {} : { objectListPrefix }),
  })
}

/** Throws Storage's denial unless the caller may. */
export function demandStorage(call: BucketCall, permission: string, key?: string, objectListPrefix?: string): void {
  demandScope(call, permission)
  if (!mayStorage(call, permission, key, objectListPrefix)) throw denied(call, permission, key === undefined ? 'bucket' : 'object')
}

/** The text names the caller by e-mail address; who has none is called `Caller`. */
export function denied({ caller }: StorageCall, permission: string, what: 'bucket' | 'object' | 'project'): GoogleError {
  const { identity } = caller
  const anonymous = identity.kind === 'anonymous'
  const who = anonymous ? 'Anonymous caller' : identity.kind === 'federated' ? 'Caller' : identity.email
  const where = what === 'project' ? 'Google Cloud project' : `Google Cloud Storage ${what}`
  const message = `${who} does not have ${permission} access to the ${where}. Permission '${permission}' denied on resource (or it may not exist).`
  return anonymous
    ? new GoogleError(401, 'required', message, {
        location: ['header', 'Authorization'],
        headers: { 'www-authenticate': 'Bearer realm="https://accounts.google.com/"' },
      })
    : new GoogleError(403, 'forbidden', message)
}

const STORAGE = 'https://www.googleapis.com/auth/devstorage.'
const ALL = ['https://www.googleapis.com/auth/cloud-platform', `${STORAGE}full_control`]
const WRITE = [...ALL, `${STORAGE}read_write`]
const READ = [...WRITE, `${STORAGE}read_only`, 'https://www.googleapis.com/auth/cloud-platform.read-only']
const READS = /^storage\.(buckets|objects)\.(get|list)$/
const WRITES = /^storage\.objects\./

/** A token is good only for what its scopes say, whatever the policies give. */
export function demandScope({ caller: { scopes } }: StorageCall, permission: string): void {
  if (scopes === '*') return
  const good = READS.test(permission) ? READ : WRITES.test(permission) ? WRITE : ALL
  if (!good.some((scope) => scopes.includes(scope))) throw new GoogleError(403, 'forbidden', 'Provided scope(s) are not authorized')
}

/** https://cloud.google.com/storage/docs/requester-pays */
function checkUserProject(call: StorageCall, bucket: Bucket | undefined): void {
  const { state, request } = call
  const named = queryValue(request, 'userProject') ?? request.headers.get('x-goog-user-project')
  if (named !== undefined) {
    const project = findProject(state, named)
    if (!project) throw new GoogleError(400, 'invalid', `User project specified in the request is invalid.`)
    if (!mayProject(state, call.caller, project.id, 'serviceusage.services.use')) throw denied(call, 'serviceusage.services.use', 'project')
  } else if (bucket?.requesterPays && !mayProject(state, call.caller, bucket.projectId, 'resourcemanager.projects.createBillingAssignment'))
    throw new GoogleError(400, 'required', 'Bucket is a requester pays bucket but no user project provided.')
}

/** Whether the caller may do something to a project. */
export function mayProject(state: GcpState, caller: Caller, projectId: string, permission: string): boolean {
  return may(state, caller, {
    permission,
    resource: {
      name: `projects/${projectId}`,
      type: 'cloudresourcemanager.googleapis.com/Project',
      service: 'cloudresourcemanager.googleapis.com',
    },
    carriers: [policyName.project(projectId)],
  })
}
