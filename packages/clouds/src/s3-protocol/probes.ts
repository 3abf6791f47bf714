import { PROBE_NOTICE, type ProbeRequest, type ProbeRequests, type ProbeSubject, isAccessError } from '@sluice/core'
import { listQuery } from '../store/listing.ts'
import { type BucketAccess, type S3Call, callAndDiscard } from './call.ts'
import type { S3StoreOptions } from './object-store.ts'

const OWNER = 'x-amz-expected-bucket-owner'
const PAYER = 'x-amz-request-payer'
const ACL = 'x-amz-acl'
const ENCRYPTION = 'x-amz-server-side-encryption'

/** Which of them a bucket policy wants is not known. */
const ALGORITHMS = ['AES256', 'aws:kms']

const BODY = new TextEncoder().encode(PROBE_NOTICE)

/** The probes that send once more, with other headers, what was refused. What cannot be sent otherwise is left out. */
export function repeatingProbes(bucket: S3StoreOptions, subject: ProbeSubject): ProbeRequests {
  const { [OWNER]: owner, ...withoutOwner } = bucket.headers
  const refused = refusedCall(bucket, subject)
  const { writeKey } = subject
  return {
    ...(refused === undefined || bucket.headers[PAYER] !== undefined
      ? {}
      : { 'requester-pays': sent(bucket, { ...refused, headers: { ...refused.headers, [PAYER]: 'requester' } }) }),
    ...(refused === undefined || owner === undefined ? {} : { 'any-owner': sent({ ...bucket, headers: withoutOwner }, refused) }),
    ...(writeKey === undefined ? {} : writingProbes(bucket, writeKey)),
  }
}

/** HEAD of the object that could not be read. The store’s own asks with GET for the words that HEAD has none of: those are known already. */
export function propertiesProbe(bucket: BucketAccess, { key }: ProbeSubject): ProbeRequests {
  if (key === undefined) return {}
  return { 'object-properties': sent(bucket, { operation: 'HeadObject', method: 'HEAD', access: 'read', key }) }
}

/** A listing of one key without a prefix: what is listed is not looked at. */
export function wholeListing(bucket: BucketAccess): ProbeRequest {
  return sent(bucket, { operation: 'ListObjectsV2', method: 'GET', access: 'list', query: listQuery({ prefix: '', maxKeys: 1 }) })
}

/** A read of one part of the bucket’s configuration. */
export function configurationProbe(bucket: BucketAccess, operation: string, part: string): ProbeRequest {
  return sent(bucket, { operation, method: 'GET', access: 'list', query: { [part]: '' } })
}

/** Makes a request for what comes of it. */
export function sent(bucket: BucketAccess, call: S3Call): ProbeRequest {
  return async (signal) => {
    await callAndDiscard(bucket, call, signal)
  }
}

/** What was refused, in the form that costs least. */
function refusedCall(bucket: S3StoreOptions, { refused, location, key, writeKey }: ProbeSubject): S3Call | undefined {
  if (refused.includes('list')) {
    const operation = bucket.listing?.version === 1 ? 'ListObjects' : 'ListObjectsV2'
    const query = listQuery({ prefix: location.prefix, maxKeys: 1 }, bucket.listing)
    return { operation, method: 'GET', access: 'list', query }
  }
  if (refused.includes('read') && key !== undefined)
    return { operation: 'GetObject', method: 'GET', access: 'read', key, headers: { range: 'bytes=0-0' } }
  return refused.includes('write') && writeKey !== undefined ? put(bucket.putHeaders, writeKey) : undefined
}

function writingProbes(bucket: S3StoreOptions, key: string): ProbeRequests {
  const { [ACL]: acl, ...withoutAcl } = bucket.putHeaders
  return {
    ...(bucket.putHeaders[ENCRYPTION] === undefined
      ? { 'write-encrypted': firstOf(ALGORITHMS.map((one) => written(bucket, put({ ...bucket.putHeaders, [ENCRYPTION]: one }, key)))) }
      : {}),
    ...(acl === undefined ? {} : { 'write-without-acl': written(bucket, put(withoutAcl, key)) }),
  }
}

/** Makes one request after the other until one is served. */
function firstOf([first, ...others]: readonly ProbeRequest[]): ProbeRequest {
  return async (signal) => {
    if (first === undefined) return
    try {
      return await first(signal)
    } catch (error) {
      if (others.length === 0 || !isAccessError(error)) throw error
      return firstOf(others)(signal)
    }
  }
}

function put(headers: { readonly [name: string]: string }, key: string): S3Call {
  return { operation: 'PutObject', method: 'PUT', access: 'write', key, headers: { ...headers, 'content-type': 'text/plain' }, body: BODY }
}

function written(bucket: BucketAccess, call: S3Call): ProbeRequest {
  return async (signal) => {
    const { headers } = await callAndDiscard(bucket, call, signal)
    const versionId = headers['x-amz-version-id']
    return versionId === undefined || versionId === 'null' ? {} : { versionId }
  }
}
