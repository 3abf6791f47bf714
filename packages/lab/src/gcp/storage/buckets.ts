import { emptyAnswer, type Answer } from '../../http/answer.ts'
import { queryValue } from '../../http/request.ts'
import { readJson, textField } from '../body.ts'
import { GoogleError } from '../error.ts'
import { createBucket, touchBucket } from '../state/buckets.ts'
import { findProject } from '../state/state.ts'
import { originOf, resourceAnswer } from './answers.ts'
import { bucketEtag, bucketResource, locationType, readBucketSettings } from './bucket-resource.ts'
import { demandScope, demandStorage, denied, mayProject, type BucketCall, type StorageCall } from './context.ts'
import { checkConstraints } from './guards.ts'
import { demandKmsKey } from './kms.ts'
import { conditionNotMet } from './preconditions.ts'

export async function getBucket(call: BucketCall): Promise<Answer> {
  demandStorage(call, 'storage.buckets.get')
  demandMetageneration(call)
  return bucketAnswer(call)
}

/** Whether the bucket has real folders: asked with no more than the permission to list. */
export async function getStorageLayout(call: BucketCall): Promise<Answer> {
  const { bucket, request } = call
  demandStorage(call, 'storage.objects.list', undefined, queryValue(request, 'prefix') ?? '')
  return resourceAnswer(request, {
    kind: 'storage#storageLayout',
    bucket: bucket.name,
    location: bucket.location,
    locationType: locationType(bucket),
    hierarchicalNamespace: { enabled: false },
  })
}

function bucketAnswer({ state, bucket, request }: BucketCall): Answer {
  return resourceAnswer(request, bucketResource(state, bucket, originOf(request)), { etag: bucketEtag(bucket) })
}

export async function insertBucket(call: StorageCall): Promise<Answer> {
  const { state, request } = call
  const project = findProject(state, queryValue(request, 'project') ?? '')
  demandScope(call, 'storage.buckets.create')
  if (!project || !mayProject(state, call.caller, project.id, 'storage.buckets.create'))
    throw denied(call, 'storage.buckets.create', 'project')
  const body = await readJson(call, 'parseError')
  const name = textField(body, 'name') ?? ''
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name)) throw new GoogleError(400, 'invalid', `Invalid bucket name: '${name}'`)
  if (state.buckets.has(name))
    throw new GoogleError(
      409,
      'conflict',
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
    )
  const settings = readBucketSettings(body)
  checkConstraints(state, { projectId: project.id }, settings)
  const bucket = createBucket(state, project.id, { name, location: textField(body, 'location') ?? 'US', ...settings })
  try {
    demandKmsKey(state, bucket, bucket.defaultKmsKeyName, 'encrypt')
  } catch (error) {
    state.buckets.delete(name)
    throw error
  }
  return bucketAnswer({ ...call, bucket, key: '' })
}

export async function patchBucket(call: BucketCall): Promise<Answer> {
  const { state, bucket } = call
  demandStorage(call, 'storage.buckets.update')
  demandMetageneration(call)
  const { labels, ...settings } = readBucketSettings(await readJson(call, 'parseError'))
  checkConstraints(state, bucket, settings)
  demandKmsKey(state, bucket, settings.defaultKmsKeyName, 'encrypt')
  Object.assign(bucket, settings)
  if (labels) bucket.labels = { ...bucket.labels, ...labels }
  touchBucket(state, bucket)
  return bucketAnswer(call)
}

export async function deleteBucket(call: BucketCall): Promise<Answer> {
  const { state, bucket } = call
  demandStorage(call, 'storage.buckets.delete')
  demandMetageneration(call)
  if (bucket.objects.size > 0) throw new GoogleError(409, 'conflict', 'The bucket you tried to delete is not empty.')
  state.buckets.delete(bucket.name)
  state.policies.set(`projects/_/buckets/${bucket.name}`, undefined, 0)
  return emptyAnswer(204)
}

export async function listBuckets(call: StorageCall): Promise<Answer> {
  const { state, request } = call
  const project = findProject(state, queryValue(request, 'project') ?? '')
  demandScope(call, 'storage.buckets.list')
  if (!project || !mayProject(state, call.caller, project.id, 'storage.buckets.list')) throw denied(call, 'storage.buckets.list', 'project')
  const prefix = queryValue(request, 'prefix') ?? ''
  const items = [...state.buckets.values()]
    .filter((bucket) => bucket.projectId === project.id && bucket.name.startsWith(prefix))
    .map((bucket) => bucketResource(state, bucket, originOf(request)))
  return resourceAnswer(request, { kind: 'storage#buckets', ...(items.length === 0 ? {} : { items }) })
}

function demandMetageneration({ request, bucket }: BucketCall): void {
  const match = queryValue(request, 'ifMetagenerationMatch')
  if (match !== undefined && match !== String(bucket.metageneration)) throw conditionNotMet('If-Match')
}
