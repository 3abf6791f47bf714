import type { Answer } from '../../http/answer.ts'
import { replaceVersion } from '../../storage/versions.ts'
import { readJson } from '../body.ts'
import type { Bucket, GcpState, ObjectResource, StoredObject } from '../state/types.ts'
import { originOf, resourceAnswer } from './answers.ts'
import { demandStorage, type BucketCall } from './context.ts'
import { etagOf, objectResource, readObjectResource } from './object-resource.ts'
import { checkPreconditions, readPreconditions } from './preconditions.ts'
import { noSuchObject } from './read.ts'

/** Changes metadata and holds of the live object; its bytes and its generation stay. */
export async function patchObject(call: BucketCall): Promise<Answer> {
  const { state, bucket, key, request } = call
  demandStorage(call, 'storage.objects.update', key)
  const change = readObjectResource(await readJson(call, 'parseError'))
  const object = bucket.objects.current(key)
  if (!object) throw noSuchObject(call)
  checkPreconditions(readPreconditions(request), object)
  const changed = changeObject(state, bucket, object, change)
  return resourceAnswer(request, objectResource(bucket, changed, originOf(request)), { etag: etagOf(changed) })
}

/** Puts a changed object in its place. A released event-based hold starts the retention period over. */
export function changeObject(state: GcpState, bucket: Bucket, object: StoredObject, change: ObjectResource): StoredObject {
  const { md5: _md5, crc32c: _crc32c, kmsKeyName: _key, storageClass: _class, ...resource } = change
  const released = object.eventBasedHold === true && resource.eventBasedHold === false
  const now = state.clock.now()
  const changed: StoredObject = {
    ...object,
    ...resource,
    metageneration: object.metageneration + 1,
    updatedAt: now,
    ...(released ? { retainedFrom: now } : {}),
  }
  replaceVersion(bucket.objects, object, changed)
  return changed
}
