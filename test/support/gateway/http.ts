import type { S3Call } from '@sluice/core'
import { OWNER } from './question.ts'

/** A call of S3 as it goes over the wire. */
export interface HttpCall {
  readonly method: 'GET' | 'PUT' | 'POST' | 'HEAD' | 'DELETE'
  readonly path: string
  readonly query: { readonly [name: string]: string }
  readonly headers: { readonly [name: string]: string }
  readonly body?: string
}

const TAGS = '<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>'

/** Method and sub-resource of the operations that are asked. */
const FORMS: { readonly [operation in S3Call['operation']]?: Pick<HttpCall, 'method'> & Partial<HttpCall> } = {
  HeadBucket: { method: 'HEAD' },
  ListObjectsV2: { method: 'GET', query: { 'list-type': '2' } },
  ListObjectVersions: { method: 'GET', query: { versions: '' } },
  ListMultipartUploads: { method: 'GET', query: { uploads: '' } },
  GetBucketLocation: { method: 'GET', query: { location: '' } },
  GetBucketVersioning: { method: 'GET', query: { versioning: '' } },
  GetBucketPolicy: { method: 'GET', query: { policy: '' } },
  GetObject: { method: 'GET' },
  HeadObject: { method: 'HEAD' },
  GetObjectTagging: { method: 'GET', query: { tagging: '' } },
  PutObjectTagging: { method: 'PUT', query: { tagging: '' }, body: TAGS },
  PutObject: { method: 'PUT', body: 'x' },
  CopyObject: { method: 'PUT' },
  CreateMultipartUpload: { method: 'POST', query: { uploads: '' } },
  // Permission comes first: who may abort learns that there is no such upload.
  AbortMultipartUpload: { method: 'DELETE', query: { uploadId: 'none' } },
  ListParts: { method: 'GET' },
  DeleteObject: { method: 'DELETE' },
}

/** The request that makes a call of this gateway; its buckets are named with their tenant. `upload`: the one whose parts are listed. */
export function httpOf(call: S3Call, upload?: string): HttpCall {
  const { operation, bucket = '', key, prefix, delimiter, maxKeys, acl, tags, source } = call
  const form = FORMS[operation]
  if (form === undefined) throw new Error(`${operation} is not asked`)
  const path = `/${OWNER}%3A${bucket}${key === undefined ? '' : `/${pathOf(key)}`}`
  return {
    method: form.method,
    path,
    query: {
      ...form.query,
      ...(operation === 'ListParts' && upload !== undefined ? { uploadId: upload } : {}),
      ...(prefix === undefined ? {} : { prefix }),
      ...(delimiter === undefined ? {} : { delimiter }),
      ...(maxKeys === undefined ? {} : { 'max-keys': String(maxKeys) }),
    },
    headers: {
      ...(acl === undefined ? {} : { 'x-amz-acl': acl }),
      ...(tags === undefined ? {} : { 'x-amz-tagging': new URLSearchParams(tags).toString() }),
      ...(source === undefined ? {} : { 'x-amz-copy-source': `${OWNER}%3A${source.bucket}/${pathOf(source.key)}` }),
    },
    ...(form.body === undefined ? {} : { body: form.body }),
  }
}

function pathOf(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/')
}
