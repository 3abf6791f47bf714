import type { JsonObject } from '../../json.ts'
import type { S3Need } from '../../policy/s3-call.ts'
import type { Facts } from '../facts.ts'
import { locationOf } from './subject.ts'

/** A permission that was asked for and refused, for all of the folder that the connection is about. */
export interface Asked {
  readonly action: string
  /** An ARN; with `*` at its end, all that begins so. */
  readonly resource: string
  /** Of listings: what their prefix begins with. */
  readonly prefix?: string
}

/** What a policy must name so that a request, and the others of its kind under the connection's location, are allowed. */
export function wanted({ action, resource, service, context }: S3Need, facts: Facts): Asked {
  if (service === 'kms') return { action, resource }
  const location = locationOf(facts)
  const [, head = '', bucket = '', key] = /^(arn:[\w-]+:s3:::)([^/]+)(?:\/(.*))?$/s.exec(resource) ?? []
  const isOwn = location !== undefined && location.bucket === bucket
  if (key === undefined) {
    const given = context['s3:prefix']
    const asked = typeof given === 'string' ? given : ''
    const folder = isOwn && asked.startsWith(location.key) ? location.key : asked
    return action.startsWith('s3:ListBucket') && folder !== '' ? { action, resource, prefix: folder } : { action, resource }
  }
  const isFolder = isOwn && (location.key === '' || location.key.endsWith('/')) && key.startsWith(location.key)
  return { action, resource: isFolder ? `${head}${bucket}/${location.key}*` : resource }
}

/** The same of an object whose permission is not known: all of the connection's folder, where it lies in that. */
export function wantedObjects(resource: string, facts: Facts): string {
  return wanted({ action: '', resource, service: 's3', context: {} }, facts).resource
}

/** The statement that allows it. */
export function allowing({ action, resource, prefix }: Asked): JsonObject {
  return {
    Effect: 'Allow',
    Action: action,
    Resource: resource,
    ...(prefix === undefined ? {} : { Condition: { StringLike: { 's3:prefix': `${prefix}*` } } }),
  }
}

/** Whether a question is about what was asked for. */
export function covers(
  { action, resource, prefix }: Asked,
  about: { readonly action: string; readonly resource: string; readonly prefix?: string },
): boolean {
  if (action.toLowerCase() !== about.action.toLowerCase()) return false
  const matches = resource.endsWith('*') ? about.resource.startsWith(resource.slice(0, -1)) : about.resource === resource
  return matches && (prefix === undefined || about.prefix?.startsWith(prefix) === true)
}
