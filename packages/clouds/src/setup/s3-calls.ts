import type { Access, Location, S3Call } from '@sluice/core'

/** What decides which calls an access comes to. */
export interface CallSettings {
  readonly setsAcl: boolean
  readonly readKeys: readonly string[]
  readonly writeKeys: readonly string[]
}

/** Every call we make for an access, with every key that may be in play. */
export function callsFor(settings: CallSettings, access: Access, location: Location, key: string): readonly S3Call[] {
  return CALLS[access](settings, location, key)
}

/** The one call without which an access is nothing. */
export function simplestCall(access: Access, bucket: string, key: string, prefix?: string): S3Call {
  if (access === 'list') return { operation: 'ListObjectsV2', bucket, ...(prefix === undefined ? {} : { prefix }) }
  return { operation: access === 'read' ? 'GetObject' : access === 'write' ? 'PutObject' : 'DeleteObject', bucket, key }
}

type Calls = (settings: CallSettings, location: Location, key: string) => readonly S3Call[]

const CALLS: { readonly [access in Access]: Calls } = {
  list: (_settings, { bucket, prefix, extent }) => [
    { operation: 'ListObjectsV2', bucket, ...(extent === 'bucket' ? {} : { prefix }), maxKeys: 1000 },
    ...(extent === 'folder' ? [{ operation: 'ListObjectsV2' as const, bucket, prefix: `${prefix}a/b`, delimiter: '/' }] : []),
  ],
  read: ({ readKeys }, { bucket }, key) => [
    { operation: 'HeadObject', bucket, key },
    ...withKeys(readKeys, { operation: 'GetObject', bucket, key }),
    ...withKeys(readKeys, { operation: 'GetObject', bucket, key, versionId: 'v1' }),
  ],
  write: ({ writeKeys, setsAcl }, { bucket }, key) => [
    ...(['PutObject', 'CreateMultipartUpload'] as const).flatMap((operation) =>
      withKeys(writeKeys, { operation, bucket, key, ...(setsAcl ? { acl: 'bucket-owner-full-control' } : {}) }),
    ),
    ...withKeys(writeKeys, { operation: 'UploadPart', bucket, key }),
    ...withKeys(writeKeys, { operation: 'CompleteMultipartUpload', bucket, key, checksum: true }),
    { operation: 'ListParts', bucket, key },
    { operation: 'AbortMultipartUpload', bucket, key },
  ],
  delete: (_settings, { bucket }, key) => [
    { operation: 'DeleteObject', bucket, key },
    { operation: 'DeleteObjects', bucket, objects: [{ key }] },
  ],
}

/** The call without KMS, and with each key, with and without a bucket key. */
function withKeys(keys: readonly string[], call: S3Call): readonly S3Call[] {
  const keyed = keys.flatMap((keyArn) =>
    [false, true].map((bucketKey) => ({ ...call, region: keyArn.split(':')[3] ?? '', kms: { keyArn, bucketKey } })),
  )
  return [call, ...keyed]
}
