import type { Answer } from '../../http/answer.ts'
import type { LabRequest } from '../../http/request.ts'
import type { Call, Identified } from '../call.ts'
import { notImplemented } from '../error.ts'
import { refuseStorage } from '../refuse.ts'
import { getBucketPolicy, setBucketPolicy, testBucketPermissions } from './bucket-iam.ts'
import { deleteBucket, getBucket, getStorageLayout, insertBucket, listBuckets, patchBucket } from './buckets.ts'
import { demandBucket, storageCaller, type BucketCall, type StorageCall } from './context.ts'
import { deleteObject } from './delete.ts'
import { listObjects } from './list.ts'
import { patchObject } from './patch.ts'
import { downloadObject, getObject } from './read.ts'
import { cancelResumable, continueResumable, startResumable } from './resumable.ts'
import { routeJson } from './route.ts'
import { insertObject } from './upload.ts'

const SERVICE_OPERATIONS: { readonly [operation: string]: (call: StorageCall) => Promise<Answer> } = {
  'buckets.insert': insertBucket,
  'buckets.list': listBuckets,
}

/** The URL of an upload is its own credential: nobody is asked who they are. */
const SESSION_OPERATIONS: { readonly [operation: string]: (call: Call) => Promise<Answer> } = {
  'resumable.put': continueResumable,
  'resumable.cancel': cancelResumable,
}

const BUCKET_OPERATIONS: { readonly [operation: string]: (call: BucketCall) => Promise<Answer> } = {
  'buckets.get': getBucket,
  'buckets.getStorageLayout': getStorageLayout,
  'buckets.patch': patchBucket,
  'buckets.delete': deleteBucket,
  'buckets.getIamPolicy': getBucketPolicy,
  'buckets.setIamPolicy': setBucketPolicy,
  'buckets.testIamPermissions': testBucketPermissions,
  'objects.list': listObjects,
  'objects.get': getObject,
  'objects.download': downloadObject,
  'objects.insert': insertObject,
  'objects.patch': patchObject,
  'objects.delete': deleteObject,
  'resumable.start': startResumable,
}

/** The Cloud Storage JSON API. https://cloud.google.com/storage/docs/json_api/v1 */
export function identifyJson(request: LabRequest): Identified {
  const { operation, bucket, key } = routeJson(request)
  return {
    operation: `gcs.${operation}`,
    ...(bucket === undefined ? {} : { bucket }),
    ...(key === undefined ? {} : { key }),
    refuse: refuseStorage,
    run: async (call) => {
      const session = SESSION_OPERATIONS[operation]
      if (session) return session(call)
      const storageCall: StorageCall = { ...call, caller: storageCaller(call) }
      const ofService = SERVICE_OPERATIONS[operation]
      if (ofService) return ofService(storageCall)
      const ofBucket = BUCKET_OPERATIONS[operation]
      if (!ofBucket || bucket === undefined) throw notImplemented(`${request.method} ${request.rawPath}`)
      return ofBucket(demandBucket(storageCall, bucket, key ?? ''))
    },
  }
}
