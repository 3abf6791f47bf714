import type { Connection } from '@sluice/core'

type Headers = { readonly [name: string]: string }

/** Headers of every request: who must own the bucket, and that we pay where the owner does not. */
export function requestHeaders(connection: Pick<Connection, 'settings' | 'pinned'>): Headers {
  const owner = connection.settings.expectedBucketOwner ?? connection.pinned?.bucketOwner
  return {
    // S3 then refuses a bucket that somebody else has registered under the name since.
    ...(owner === undefined ? {} : { 'x-amz-expected-bucket-owner': owner }),
    ...(connection.settings.requesterPays === true ? { 'x-amz-request-payer': 'requester' } : {}),
  }
}

/** Headers of requests that create an object. */
export function putHeaders(settings: Connection['settings']): Headers {
  const { encryption, storageClass, acl } = settings
  return {
    ...(encryption === undefined ? {} : { 'x-amz-server-side-encryption': encryption.algorithm }),
    ...(encryption?.keyId === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': encryption.keyId }),
    ...(storageClass === undefined ? {} : { 'x-amz-storage-class': storageClass }),
    ...(acl === undefined ? {} : { 'x-amz-acl': acl }),
  }
}
