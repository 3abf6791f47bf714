import type { Json, JsonObject } from '@sluice/core'
import { textField, textList } from '../body.ts'
import { GoogleError } from '../error.ts'
import type { IpFilter } from '../state/guards.ts'
import type { Bucket, GcpState } from '../state/types.ts'
import { defined, iso } from './object-resource.ts'
import { isObject } from '../../state/json.ts'

const MULTI_REGIONS = ['US', 'EU', 'ASIA']

/** The ETag of a bucket and of its policy: it changes with every update of either. */
export function bucketEtag({ metageneration }: Bucket): string {
  return Buffer.from(`bucket/${metageneration}`).toString('base64')
}

export function locationType({ location }: Bucket): string {
  return MULTI_REGIONS.includes(location) ? 'multi-region' : 'region'
}

/** A bucket as the JSON API shows it. https://cloud.google.com/storage/docs/json_api/v1/buckets#resource */
export function bucketResource(state: GcpState, bucket: Bucket, origin: string): JsonObject {
  const created = iso(bucket.createdAt)
  return defined({
    kind: 'storage#bucket',
    id: bucket.name,
    selfLink: `${origin}/storage/v1/b/${bucket.name}`,
    name: bucket.name,
    projectNumber: state.projects.get(bucket.projectId)?.number,
    generation: String(bucket.createdAt * 1000),
    metageneration: String(bucket.metageneration),
    etag: bucketEtag(bucket),
    location: bucket.location,
    locationType: locationType(bucket),
    storageClass: bucket.storageClass,
    labels: Object.keys(bucket.labels).length === 0 ? undefined : bucket.labels,
    versioning: bucket.versioning ? { enabled: true } : undefined,
    billing: bucket.requesterPays ? { requesterPays: true } : undefined,
    encryption: bucket.defaultKmsKeyName === undefined ? undefined : { defaultKmsKeyName: bucket.defaultKmsKeyName },
    retentionPolicy:
      bucket.retentionSeconds === undefined ? undefined : { retentionPeriod: String(bucket.retentionSeconds), effectiveTime: created },
    defaultEventBasedHold: bucket.defaultEventBasedHold ? true : undefined,
    softDeletePolicy: { retentionDurationSeconds: String(bucket.softDeleteSeconds), effectiveTime: created },
    iamConfiguration: {
      bucketPolicyOnly: { enabled: bucket.uniformAccess },
      uniformBucketLevelAccess: { enabled: bucket.uniformAccess },
      publicAccessPrevention: bucket.publicAccessPrevention,
    },
    ipFilter: bucket.ipFilter === undefined ? undefined : shownFilter(bucket.ipFilter),
    timeCreated: created,
    updated: iso(bucket.updatedAt),
  })
}

/** What of a bucket can be changed after it is made. */
export type BucketSettings = Pick<
  Bucket,
  | 'storageClass'
  | 'labels'
  | 'uniformAccess'
  | 'publicAccessPrevention'
  | 'versioning'
  | 'requesterPays'
  | 'defaultKmsKeyName'
  | 'retentionSeconds'
  | 'defaultEventBasedHold'
  | 'softDeleteSeconds'
  | 'ipFilter'
>

/** The settings that a client's JSON names, for a bucket to be made or to be changed. */
export function readBucketSettings(body: JsonObject): Partial<BucketSettings> {
  const unknown = Object.keys(body).find((name) => !KNOWN.has(name))
  if (unknown !== undefined) throw new GoogleError(501, 'notImplemented', `The lab does not implement ${unknown} of a bucket.`)
  const settings: { -readonly [Name in keyof BucketSettings]?: BucketSettings[Name] } = {}
  const storageClass = textField(body, 'storageClass')
  if (storageClass !== undefined) settings.storageClass = storageClass
  if (isObject(body['labels'])) settings.labels = textsOf(body['labels'])
  if ('versioning' in body) settings.versioning = flag(body['versioning'], 'enabled')
  if ('billing' in body) settings.requesterPays = flag(body['billing'], 'requesterPays')
  if ('defaultEventBasedHold' in body) settings.defaultEventBasedHold = body['defaultEventBasedHold'] === true
  if ('encryption' in body)
    settings.defaultKmsKeyName = isObject(body['encryption']) ? textField(body['encryption'], 'defaultKmsKeyName') : undefined
  if ('retentionPolicy' in body) settings.retentionSeconds = secondsOf(body['retentionPolicy'], 'retentionPeriod')
  if ('softDeletePolicy' in body) settings.softDeleteSeconds = secondsOf(body['softDeletePolicy'], 'retentionDurationSeconds') ?? 604_800
  if ('ipFilter' in body) settings.ipFilter = filterOf(body['ipFilter'])
  const access = body['iamConfiguration']
  if (isObject(access)) {
    if ('uniformBucketLevelAccess' in access) settings.uniformAccess = flag(access['uniformBucketLevelAccess'], 'enabled')
    const prevention = textField(access, 'publicAccessPrevention')
    if (prevention === 'enforced' || prevention === 'inherited') settings.publicAccessPrevention = prevention
  }
  return settings
}

/** Settings, and what clients send back of what they were shown. */
const KNOWN = new Set([
  'kind',
  'id',
  'selfLink',
  'etag',
  'generation',
  'metageneration',
  'projectNumber',
  'locationType',
  'timeCreated',
  'updated',
  'satisfiesPZI',
  'name',
  'location',
  'storageClass',
  'labels',
  'versioning',
  'billing',
  'defaultEventBasedHold',
  'encryption',
  'retentionPolicy',
  'softDeletePolicy',
  'iamConfiguration',
  'ipFilter',
])

function filterOf(value: Json | undefined): IpFilter | undefined {
  if (!isObject(value)) return undefined
  const source = value['publicNetworkSource']
  return {
    mode: value['mode'] === 'Enabled' ? 'Enabled' : 'Disabled',
    ...(isObject(source) ? { publicNetworkSource: { allowedIpCidrRanges: textList(source['allowedIpCidrRanges']) } } : {}),
  }
}

function shownFilter({ mode, publicNetworkSource }: IpFilter): JsonObject {
  return { mode, ...(publicNetworkSource === undefined ? {} : { publicNetworkSource: { ...publicNetworkSource } }) }
}

function flag(value: Json | undefined, name: string): boolean {
  return isObject(value) && value[name] === true
}

function secondsOf(value: Json | undefined, name: string): number | undefined {
  if (!isObject(value)) return undefined
  const seconds = Number(value[name])
  if (!Number.isInteger(seconds) || seconds < 0) throw new GoogleError(400, 'invalid', `Invalid value for ${name}.`)
  return seconds
}

function textsOf(labels: JsonObject): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(labels).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])))
}
