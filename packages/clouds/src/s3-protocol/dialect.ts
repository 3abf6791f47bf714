import type { AccessError } from '@sluice/core'
import type { Denial, DenialLayer } from '../validation/denial.ts'
import type { Dialect } from '../validation/dialect.ts'

const TEXT = /is not authorized to perform: (?<action>[\w-]+:\w+)(?: on resource: "?(?<resource>[^"\s]+)"?)?(?<why>.*)/s

const LAYERS: readonly (readonly [RegExp, DenialLayer])[] = [
  [/identity-based polic/, 'identity'],
  [/resource-based polic/, 'resource'],
  [/session polic/, 'session'],
  [/permissions boundary/, 'boundary'],
  [/service control polic/, 'scp'],
  [/resource control polic/, 'rcp'],
  [/VPC endpoint polic/i, 'vpc-endpoint'],
]

/**
 * Reads an error as a refusal: a 403 whose code is AccessDenied, and nothing else.
 *
 * Other 403s (clock skew, suspended accounts, archived objects, throttling) say nothing about permissions.
 */
function denialOf(error: AccessError): Denial | undefined {
  const provider = error.provider
  if (provider?.status !== 403 || provider.code !== 'AccessDenied') return undefined
  const groups = TEXT.exec(provider.message ?? '')?.groups
  if (groups === undefined) return { provider, bare: true }
  const why = groups['why'] ?? ''
  const layer = LAYERS.find(([pattern]) => pattern.test(why))?.[1]
  const effect = why.includes('explicit deny') ? 'explicit' : why.includes('because no') ? 'implicit' : undefined
  return {
    provider,
    bare: layer === undefined,
    ...(groups['action'] === undefined ? {} : { action: groups['action'] }),
    ...(groups['resource'] === undefined ? {} : { resource: groups['resource'] }),
    ...(effect === undefined ? {} : { effect }),
    ...(layer === undefined ? {} : { layer }),
  }
}

/** Whether KMS, not S3, refused. */
function isKmsDenial(denial: Denial): boolean {
  return (denial.action ?? '').startsWith('kms:') || /ciphertext refers to a customer master key/i.test(denial.provider.message ?? '')
}

/** Whether S3 says that the key cannot be used in the state it is in, whoever asks. */
function isKeyState(error: AccessError): boolean {
  return ['KMS.DisabledException', 'KMS.KMSInvalidStateException', 'KMS.NotFoundException'].includes(error.provider?.code ?? '')
}

const ABSENT = new Set(['NoSuchKey', 'NoSuchVersion', 'NoSuchUpload'])

/** Errors that say what was asked for is not there, which S3 tells only to callers with the permission. A 404 of another sort proves nothing. */
function isAbsence(error: AccessError): boolean {
  return error.provider?.status === 404 && ABSENT.has(error.provider.code ?? '')
}

/**
 * A refusal of a GET that in truth names listing: reading was allowed, the missing key was hidden. Listing limited by s3:prefix
 * always hides it, since a GET has no such key. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
function readWasAllowed(error: AccessError): boolean {
  if (isAbsence(error)) return true
  return denialOf(error)?.action === 's3:ListBucket'
}

const ARCHIVED = new Set(['GLACIER', 'DEEP_ARCHIVE'])

/** The words of S3 and of the stores that speak its protocol. `service` is what sentences call the store. */
export function s3Dialect(service: string): Dialect {
  return {
    service,
    keyService: 'KMS',
    permissions: {
      list: ['s3:ListBucket'],
      read: ['s3:GetObject'],
      write: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      delete: ['s3:DeleteObject'],
      decrypt: ['kms:Decrypt'],
      encrypt: ['kms:GenerateDataKey', 'kms:Decrypt'],
      abort: 's3:AbortMultipartUpload',
    },
    layers: {
      identity: 'the role’s own policies',
      resource: 'the bucket policy',
      session: 'the session policy',
      boundary: 'the permissions boundary',
      scp: 'a service control policy',
      rcp: 'a resource control policy',
      'vpc-endpoint': 'the VPC endpoint policy',
    },
    denialOf,
    deniesReading: (denial) => denial.action === 's3:GetObject',
    isKeyDenial: isKmsDenial,
    isKeyState,
    isAbsence,
    readWasAllowed,
    // S3 checks the right to write before it looks for the upload.
    writeWasAllowed: isAbsence,
    phantomWrite: (store, key, token, signal) => store.uploadPart(key, `sluice-no-such-upload-${token}`, 1, new Uint8Array(1), signal),
    isArchived: ({ storageClass }) => ARCHIVED.has(storageClass ?? ''),
    saysArchived: (error) => error.provider?.code === 'InvalidObjectState',
  }
}

export { denialOf as s3DenialOf }
