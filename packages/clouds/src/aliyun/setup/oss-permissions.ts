import type { Access, Location } from '@sluice/core'
import { type Node, type Slot, type Text, text } from '../../setup/text.ts'

/** One location as a policy names it. */
export interface OssTarget {
  readonly extent: Location['extent']
  readonly bucket: Slot
  /** The prefix or key; absent for a whole bucket. */
  readonly path?: Slot
}

/** What a policy is to allow, in OSS's terms. */
export interface OssGrant {
  readonly access: readonly Access[]
  readonly targets: readonly OssTarget[]
  /** Requests carry an ACL, which is a permission of its own. */
  readonly setsAcl: boolean
  /** Account of the buckets; `*` where RAM finds it out itself. */
  readonly owner: string
}

/** Names the buckets and prefixes of locations as slots: `Bucket` and `Prefix`, numbered when there are several. */
export function ossTargets(locations: readonly Location[]): readonly OssTarget[] {
  const buckets = [...new Set(locations.map((location) => location.bucket))]
  const paths = locations.filter((location) => location.extent !== 'bucket')
  return locations.map((location) => ({
    extent: location.extent,
    bucket: {
      slot: true,
      name: `Bucket${buckets.length > 1 ? buckets.indexOf(location.bucket) + 1 : ''}`,
      value: location.bucket,
      description: 'Bucket, without oss://',
    },
    ...(location.extent === 'bucket' ? {} : { path: pathSlot(location, paths) }),
  }))
}

function pathSlot(location: Location, paths: readonly Location[]): Slot {
  const isFolder = location.extent === 'folder'
  return {
    slot: true,
    name: `${isFolder ? 'Prefix' : 'ObjectKey'}${paths.length > 1 ? paths.indexOf(location) + 1 : ''}`,
    value: location.prefix,
    description: isFolder ? 'Folder, ending with /' : 'Key of the one object',
  }
}

/** The statements that allow exactly `access` under the targets: nothing for accesses that were not asked for, never a wildcard action. */
export function ossStatements(grant: OssGrant): readonly { readonly [key: string]: Node }[] {
  const actions = objectActions(grant)
  return [
    // No condition: oss:Prefix is absent from this request, so a condition on it would never hold.
    { Effect: 'Allow', Action: ['oss:GetBucketInfo'], Resource: bucketsOf(grant).map((targets) => bucketName(grant, targets)) },
    ...(grant.access.includes('list') ? listStatements(grant) : []),
    ...(actions.length > 0
      ? [{ Effect: 'Allow', Action: actions, Resource: grant.targets.map((target) => objectsName(grant, target)) }]
      : []),
  ]
}

/**
 * Actions on objects. Uploads in parts need Abort and ListParts beside Put. `oss:ListMultipartUploads` is left out, since it cannot be
 * limited to a prefix and an upload of ours is aborted by the id we keep; so is `oss:DeleteObjectVersion`, which would defeat versioning.
 */
function objectActions({ access, setsAcl }: OssGrant): readonly string[] {
  return [
    ...(access.includes('read') ? ['oss:GetObject', 'oss:GetObjectVersion'] : []),
    ...(access.includes('write') ? ['oss:PutObject', 'oss:AbortMultipartUpload', 'oss:ListParts'] : []),
    ...(access.includes('write') && setsAcl ? ['oss:PutObjectAcl'] : []),
    ...(access.includes('delete') ? ['oss:DeleteObject'] : []),
  ]
}

function listStatements(grant: OssGrant): readonly { readonly [key: string]: Node }[] {
  return bucketsOf(grant).map((targets) => ({
    Effect: 'Allow',
    Action: ['oss:ListObjects'],
    Resource: [bucketName(grant, targets)],
    ...(targets.some((target) => target.path === undefined)
      ? {}
      : { Condition: { StringLike: { 'oss:Prefix': targets.flatMap((target) => prefixPatterns(target)) } } }),
  }))
}

function prefixPatterns(target: OssTarget): readonly Text[] {
  if (target.path === undefined) return []
  return target.extent === 'object' ? [text`${target.path}`] : [text`${target.path}*`]
}

function bucketsOf(grant: OssGrant): readonly (readonly OssTarget[])[] {
  return [...Map.groupBy(grant.targets, (target) => target.bucket.name).values()]
}

function bucketName({ owner }: OssGrant, [first]: readonly OssTarget[]): Text {
  return text`acs:oss:*:${owner}:${first ? first.bucket : ''}`
}

function objectsName(grant: OssGrant, target: OssTarget): Text {
  const bucket = bucketName(grant, [target])
  if (target.path === undefined) return text`${bucket}/*`
  return target.extent === 'object' ? text`${bucket}/${target.path}` : text`${bucket}/${target.path}*`
}
