import type { AccessError } from '@sluice/core'
import type { Denial, DenialLayer } from '../validation/denial.ts'
import type { Dialect } from '../validation/dialect.ts'
import { deniedDetailOf, isKeyRefusal } from './errors.ts'

/** https://help.aliyun.com/en/ram/developer-reference/api-ram-2015-05-01-decodediagnosticmessage */
const LAYERS: { readonly [policyType: string]: DenialLayer } = {
  AccountLevelIdentityBasedPolicy: 'identity',
  ResourceGroupLevelIdentityBasedPolicy: 'identity',
  ResourceBasedPolicy: 'resource',
  SessionPolicy: 'session',
  ControlPolicy: 'scp',
}

/**
 * Reads an error as a refusal: a 403 whose code is AccessDenied and that names no other endpoint, and nothing else.
 *
 * Other 403s (clock skew, debts, archived objects, a bucket elsewhere) say nothing about permissions.
 */
function denialOf(error: AccessError): Denial | undefined {
  const { provider } = error
  if (provider?.status !== 403 || provider.code !== 'AccessDenied' || provider.region !== undefined) return undefined
  const detail = deniedDetailOf(error)
  if (detail === undefined) return { provider, bare: true }
  const layer = Object.hasOwn(LAYERS, detail.policyType) ? LAYERS[detail.policyType] : undefined
  return {
    provider,
    bare: layer === undefined,
    action: detail.action,
    effect: detail.denial === 'ExplicitDeny' ? 'explicit' : 'implicit',
    ...(layer === undefined ? {} : { layer }),
  }
}

const ABSENT = new Set(['NoSuchKey', 'NoSuchVersion', 'NoSuchUpload'])

/** Errors that say what was asked for is not there, which OSS tells only to callers with the permission. */
function isAbsence(error: AccessError): boolean {
  return error.provider?.status === 404 && ABSENT.has(error.provider.code ?? '')
}

const ARCHIVED = new Set(['Archive', 'ColdArchive', 'DeepColdArchive'])

/** The words of OSS. */
export const OSS_DIALECT: Dialect = {
  service: 'OSS',
  keyService: 'KMS',
  permissions: {
    list: ['oss:ListObjects'],
    read: ['oss:GetObject'],
    write: ['oss:PutObject', 'oss:AbortMultipartUpload', 'oss:ListParts'],
    delete: ['oss:DeleteObject'],
    decrypt: ['kms:Decrypt'],
    encrypt: ['kms:GenerateDataKey', 'kms:Decrypt'],
    abort: 'oss:AbortMultipartUpload',
  },
  layers: {
    identity: 'the RAM policies of the role or user',
    resource: 'the bucket policy',
    session: 'the session policy',
    scp: 'a control policy of the resource directory',
  },
  denialOf,
  deniesReading: (denial) => denial.action === 'oss:GetObject',
  isKeyDenial: (denial) => denial.action?.startsWith('kms:') === true || isKeyRefusal(denial.provider, undefined),
  // OSS passes on no state of a key: it says "forbidden by kms" of a disabled key and of one that is not ours alike.
  isKeyState: () => false,
  isAbsence,
  readWasAllowed: (error) => isAbsence(error) || denialOf(error)?.action === 'oss:ListObjects',
  // OSS checks the right to write before it looks for the upload.
  writeWasAllowed: isAbsence,
  phantomWrite: (store, key, token, signal) => store.uploadPart(key, `sluice-no-such-upload-${token}`, 1, new Uint8Array(1), signal),
  isArchived: ({ storageClass }) => ARCHIVED.has(storageClass ?? ''),
  saysArchived: (error) => error.provider?.code === 'InvalidObjectState',
}
