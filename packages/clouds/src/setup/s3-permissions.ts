import type { Access, Location } from '@sluice/core'
import { escapePattern } from './pattern.ts'
import { type Node, type Slot, type Text, text } from './text.ts'

/** One location as a policy names it. */
export interface S3Target {
  readonly extent: Location['extent']
  readonly bucket: Slot
  /** The prefix or key with wildcards escaped; absent for a whole bucket. */
  readonly path?: Slot
}

/** What a policy is to allow, in S3's terms. */
export interface S3Grant {
  readonly partition: Slot | string
  readonly access: readonly Access[]
  readonly targets: readonly S3Target[]
  /** Requests carry an ACL, which is a permission of its own. */
  readonly setsAcl: boolean
}

/** A statement of a policy. */
export type Statement = { readonly Sid: string; readonly [key: string]: Node }

/** Names the buckets and prefixes of locations as slots: `Bucket` and `Prefix`, numbered when there are several. */
export function s3Targets(locations: readonly Location[]): readonly S3Target[] {
  const buckets = [...new Set(locations.map((location) => location.bucket))]
  const paths = locations.filter((location) => location.extent !== 'bucket')
  return locations.map((location) => ({
    extent: location.extent,
    bucket: {
      slot: true,
      name: `Bucket${buckets.length > 1 ? buckets.indexOf(location.bucket) + 1 : ''}`,
      value: location.bucket,
      description: 'Bucket, without s3://',
    },
    ...(location.extent === 'bucket'
      ? {}
      : {
          path: {
            slot: true,
            name: `${location.extent === 'folder' ? 'Prefix' : 'ObjectKey'}${paths.length > 1 ? paths.indexOf(location) + 1 : ''}`,
            value: escapePattern(location.prefix),
            description: location.extent === 'folder' ? 'Folder, ending with /' : 'Key of the one object',
          },
        }),
  }))
}

/** The statements that allow exactly `access` under the targets: nothing for accesses that were not asked for, never a wildcard action. */
export function s3Statements(grant: S3Grant): readonly Statement[] {
  const actions = objectActions(grant)
  return [
    {
      Sid: 'LocateBuckets',
      Effect: 'Allow',
      // No condition: s3:prefix is absent from this request, so a condition on it would never hold.
      Action: ['s3:GetBucketLocation'],
      Resource: bucketsOf(grant).map((targets) => bucketArn(grant, targets)),
    },
    ...(grant.access.includes('list') ? listStatements(grant) : []),
    ...(actions.length > 0
      ? [
          {
            Sid: objectSid(grant.access),
            Effect: 'Allow',
            Action: actions,
            Resource: grant.targets.map((target) => objectArn(grant, target)),
          },
        ]
      : []),
  ]
}

/**
 * Actions on objects. Multipart uploads need Abort and ListParts beside Put. `s3:ListBucketMultipartUploads` is left out, since it cannot be
 * limited to a prefix and an upload of ours is aborted by the id we keep; so is `s3:DeleteObjectVersion`, which would defeat versioning.
 */
function objectActions(grant: S3Grant): readonly string[] {
  const { access } = grant
  return [
    ...(access.includes('read') ? ['s3:GetObject', 's3:GetObjectVersion'] : []),
    ...(access.includes('write') ? ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'] : []),
    ...(access.includes('write') && grant.setsAcl ? ['s3:PutObjectAcl'] : []),
    ...(access.includes('delete') ? ['s3:DeleteObject'] : []),
  ]
}

function objectSid(access: readonly Access[]): string {
  const verbs = [access.includes('read') && 'Read', access.includes('write') && 'Write', access.includes('delete') && 'Delete']
  return `${verbs.filter(Boolean).join('')}Objects`
}

function listStatements(grant: S3Grant): readonly Statement[] {
  return bucketsOf(grant).map((targets, index, all) => ({
    Sid: `List${all.length > 1 ? index + 1 : ''}`,
    Effect: 'Allow',
    Action: ['s3:ListBucket'],
    Resource: [bucketArn(grant, targets)],
    ...(targets.some((target) => target.path === undefined)
      ? {}
      : { Condition: { StringLike: { 's3:prefix': targets.flatMap((target) => prefixPatterns(target)) } } }),
  }))
}

function prefixPatterns(target: S3Target): readonly Text[] {
  if (target.path === undefined) return []
  return target.extent === 'object' ? [text`${target.path}`] : [text`${target.path}`, text`${target.path}*`]
}

function bucketsOf(grant: S3Grant): readonly (readonly S3Target[])[] {
  return [...Map.groupBy(grant.targets, (target) => target.bucket.name).values()]
}

function bucketArn(grant: S3Grant, targets: readonly S3Target[]): Text {
  const [first] = targets
  return text`arn:${grant.partition}:s3:::${first ? first.bucket : ''}`
}

function objectArn(grant: S3Grant, target: S3Target): Text {
  const bucket = text`arn:${grant.partition}:s3:::${target.bucket}`
  if (target.path === undefined) return text`${bucket}/*`
  return target.extent === 'object' ? text`${bucket}/${target.path}` : text`${bucket}/${target.path}*`
}
