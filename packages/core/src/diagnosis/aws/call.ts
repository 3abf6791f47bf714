import type { S3Call, S3Operation } from '../../policy/s3-call.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { bucketRegion } from './bucket-region.ts'
import { keyInUse } from './key.ts'
import { operationName, s3OperationOf } from './operations.ts'
import { locationOf, partitionOf, targetOf } from './subject.ts'
import { readTarget, type Target } from './target.ts'
import { keyUnder } from '../bucket-place.ts'

/** Names that are used for calls and are none, with the call they mean. */
const MEANT: { readonly [name: string]: S3Operation } = {
  listbucket: 'ListObjectsV2',
  getobjectversion: 'GetObject',
  deleteobjectversion: 'DeleteObject',
  getobjectattributes: 'GetObject',
  selectobjectcontent: 'GetObject',
}

/** The call of S3 that a request was, with what of it matters to policies. */
export function callOf(failure: Failure, facts: Facts): S3Call | undefined {
  const { observation, clue } = failure
  const name = operationName(observation, clue)
  const operation = s3OperationOf(failure) ?? MEANT[name]
  const target = targetOf(failure, facts)
  if (operation === undefined || target?.bucket === undefined || target.bucket === '' || target.bucket.endsWith('--x-s3')) return undefined
  const { headers } = observation
  const region = bucketRegion(facts)
  const kms = keyInUse(failure, facts)
  const key = keyUnder(target.key)
  const versionId = target.versionId ?? (name.endsWith('version') ? 'unknown' : undefined)
  return {
    operation,
    bucket: target.bucket,
    partition: partitionOf(facts),
    ...(region === undefined ? {} : { region }),
    ...(operation.startsWith('List') && operation !== 'ListParts' ? listing(target, failure, facts) : { key }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(kms === undefined ? {} : { kms: { keyArn: kms } }),
    ...(operation === 'DeleteObjects' ? { objects: [{ key }] } : {}),
    ...sent(headers, operation),
  }
}

/** What a listing asks for. One that names the bucket alone asks for the connection's folder, unless others were seen to name theirs. */
function listing(target: Target, { observation }: Failure, facts: Facts): Pick<S3Call, 'prefix'> {
  const own = readTarget(observation.target, locationOf(facts)?.bucket)
  if (own?.prefix !== undefined) return { prefix: own.prefix }
  const bare = own !== undefined && own.key === ''
  const others = [...facts.failures.map((one) => one.observation), ...facts.successes].filter((one) => one.index !== observation.index)
  const named = others.some((one) => operationName(one).startsWith('list') && namesFolder(readTarget(one.target)))
  return bare && named ? {} : { prefix: target.key }
}

function namesFolder(target: Target | undefined): boolean {
  return target !== undefined && (target.key !== '' || target.prefix !== undefined)
}

/** Headers of a request that policies ask about. */
function sent(headers: { readonly [name: string]: string }, operation: S3Operation): Partial<S3Call> {
  if (!/^(Put|Copy|Create)/.test(operation)) return operation === 'UploadPartCopy' ? source(headers) : {}
  const acl = headers['x-amz-acl']
  const encryptionHeader = headers['x-amz-server-side-encryption']
  const encryptionKeyHeader = headers['x-amz-server-side-encryption-aws-kms-key-id']
  return {
    ...(acl === undefined ? {} : { acl }),
    ...(encryptionHeader === undefined ? {} : { encryptionHeader }),
    ...(encryptionKeyHeader === undefined ? {} : { encryptionKeyHeader }),
    ...source(headers),
  }
}

function source(headers: { readonly [name: string]: string }): Pick<S3Call, 'source'> {
  const copied = readTarget(copySource(headers['x-amz-copy-source']))
  return copied?.bucket === undefined ? {} : { source: { bucket: copied.bucket, key: copied.key } }
}

function copySource(header: string | undefined): string | undefined {
  return header === undefined || header.startsWith('arn:') ? header : `s3://${header.replace(/^\//, '')}`
}
