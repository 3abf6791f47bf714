import { emptyAnswer, type Answer } from '../../http/answer.ts'
import { memoryContent } from '../../http/content.ts'
import { queryValue } from '../../http/request.ts'
import type { Bucket, GcpState, StoredObject } from '../state/types.ts'
import { demandStorage, type BucketCall } from './context.ts'
import { checkPreconditions, readPreconditions } from './preconditions.ts'
import { noSuchObject } from './read.ts'
import { demandReleased } from './retention.ts'
import { nextGeneration, noncurrent } from './write.ts'

export async function deleteObject(call: BucketCall): Promise<Answer> {
  const { bucket, key, state, request } = call
  demandStorage(call, 'storage.objects.delete', key)
  const generation = queryValue(request, 'generation')
  const object = generation === undefined ? bucket.objects.current(key) : bucket.objects.version(key, generation)
  if (!object || object.deleteMarker) throw noSuchObject(call)
  checkPreconditions(readPreconditions(request), object)
  // With versioning on, the live version only becomes a noncurrent one: that is let through.
  if (generation !== undefined || !bucket.versioning) demandReleased(bucket, object, state.clock.now())
  removeObject(state, bucket, key, generation)
  return emptyAnswer(204)
}

/** Removes a generation for good, or the live one: with versioning it stays as a noncurrent one. */
export function removeObject(state: GcpState, bucket: Bucket, key: string, generation: string | undefined): void {
  const { objects } = bucket
  if (generation !== undefined) {
    const rest = objects.versions(key).filter((version) => version.versionId !== generation)
    // No noncurrent version becomes live because the live one goes. https://cloud.google.com/storage/docs/object-versioning#versioned-deletes
    const wasLive = objects.current(key)?.versionId === generation
    objects.setVersions(key, wasLive && rest.length > 0 ? [tombstone(state, key), ...rest] : rest)
  } else if (bucket.versioning) objects.setVersions(key, [tombstone(state, key), ...objects.versions(key)])
  else objects.setVersions(key, noncurrent(bucket, key))
}

/** Google has no delete markers: this one only says that the newest version is not live, and is never shown. */
function tombstone(state: GcpState, key: string): StoredObject {
  const now = state.clock.now()
  return {
    key,
    versionId: nextGeneration(state),
    deleteMarker: true,
    content: memoryContent(),
    metageneration: 1,
    md5: '',
    crc32c: '',
    createdAt: now,
    updatedAt: now,
    retainedFrom: now,
    storageClass: 'STANDARD',
  }
}
