import { emptyAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { childText } from '../../http/xml.ts'
import { replaceVersion } from '../../storage/versions.ts'
import { AwsError } from '../error.ts'
import type { Bucket, ObjectLock, Retention, StoredObject } from '../state/types.ts'
import { demandAction, mayAction, type BucketCall } from './context.ts'
import { readableVersion } from './read.ts'
import { malformedXml, receiveXml, S3_NAMESPACE } from './xml.ts'

const DAY_MS = 86_400_000
const MODES = ['GOVERNANCE', 'COMPLIANCE'] as const

/** What holds of a version that is being written: as its headers say, else the bucket's default. */
export function requestedLock(call: BucketCall): ObjectLock | undefined {
  const { request, bucket, state } = call
  const mode = request.headers.get('x-amz-object-lock-mode')
  const until = request.headers.get('x-amz-object-lock-retain-until-date')
  const hold = request.headers.get('x-amz-object-lock-legal-hold')
  if ((mode ?? until ?? hold) === undefined) return defaultLock(bucket, state.clock.now())
  if (bucket.objectLock === undefined) throw lockOff()
  if ((mode === undefined) !== (until === undefined))
    throw new AwsError(400, 'InvalidArgument', 'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied')
  return {
    ...(mode === undefined ? defaultLock(bucket, state.clock.now()) : { retention: retentionOf(call, mode, until) }),
    ...(hold === undefined ? {} : { legalHold: hold === 'ON' }),
  }
}

function defaultLock({ objectLock }: Bucket, now: number): ObjectLock | undefined {
  const { retention } = objectLock ?? {}
  return retention && { retention: { mode: retention.mode, until: now + retention.days * DAY_MS } }
}

function retentionOf({ state }: BucketCall, given: string | undefined, date: string | undefined): Retention {
  const mode = MODES.find((known) => known === given)
  const until = Date.parse(date ?? '')
  if (mode === undefined) throw new AwsError(400, 'InvalidArgument', 'Unknown wormMode directive.')
  if (Number.isNaN(until)) throw new AwsError(400, 'InvalidArgument', 'The retain until date must be provided in ISO 8601 format')
  if (until <= state.clock.now()) throw new AwsError(400, 'InvalidArgument', 'The retain until date must be in the future!')
  return { mode, until }
}

/** A write under Object Lock has to carry a checksum. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html */
export function checkLockedWrite({ request }: BucketCall, lock: ObjectLock | undefined): void {
  const names = [...request.headers.keys()]
  const summed = names.some(
    (name) => name === 'content-md5' || name === 'x-amz-sdk-checksum-algorithm' || name.startsWith('x-amz-checksum-'),
  )
  if (lock === undefined || summed || request.headers.has('x-amz-trailer')) return
  throw new AwsError(
    400,
    'InvalidRequest',
    'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  )
}

/** Throws where Object Lock holds the version that is to be deleted for good. */
export function demandUnlocked(call: BucketCall, object: StoredObject | undefined): void {
  const { retention, legalHold = false } = object?.lock ?? {}
  const retained = retention !== undefined && retention.until > call.state.clock.now()
  const bypassed = retention?.mode === 'GOVERNANCE' && mayBypass(call)
  if (legalHold || (retained && !bypassed)) throw locked()
}

/** Governance gives way to who asks for it and may; compliance to nobody. */
function mayBypass(call: BucketCall): boolean {
  if (call.request.headers.get('x-amz-bypass-governance-retention')?.toLowerCase() !== 'true') return false
  demandAction(call, 's3:BypassGovernanceRetention')
  return true
}

function locked(): AwsError {
  return new AwsError(403, 'AccessDenied', 'Access Denied because object protected by object lock.')
}

function lockOff(): AwsError {
  return new AwsError(400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration')
}

/** The headers that tell what holds a version, to those who may know. */
export function lockHeaders(call: BucketCall, { lock }: StoredObject): { readonly [name: string]: string } {
  const { retention, legalHold } = lock ?? {}
  return {
    ...(retention === undefined || !mayAction(call, 's3:GetObjectRetention')
      ? {}
      : {
          'x-amz-object-lock-mode': retention.mode,
          'x-amz-object-lock-retain-until-date': new Date(retention.until).toISOString(),
        }),
    ...(legalHold === undefined || !mayAction(call, 's3:GetObjectLegalHold')
      ? {}
      : { 'x-amz-object-lock-legal-hold': legalHold ? 'ON' : 'OFF' }),
  }
}

export async function getObjectLockConfiguration(call: BucketCall): Promise<Answer> {
  demandAction(call, 's3:GetBucketObjectLockConfiguration')
  const { objectLock } = call.bucket
  if (objectLock === undefined)
    throw new AwsError(404, 'ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket', {
      details: [['BucketName', call.bucket.name]],
    })
  const { retention } = objectLock
  return xmlAnswer([
    `ObjectLockConfiguration ${S3_NAMESPACE}`,
    [
      ['ObjectLockEnabled', 'Enabled'],
      ...(retention === undefined
        ? []
        : [
            [
              'Rule',
              [
                [
                  'DefaultRetention',
                  [
                    ['Mode', retention.mode],
                    ['Days', String(retention.days)],
                  ],
                ],
              ],
            ] as const,
          ]),
    ],
  ])
}

export async function getObjectRetention(call: BucketCall): Promise<Answer> {
  demandAction(call, 's3:GetObjectRetention')
  const { retention } = readableVersion(call).lock ?? {}
  if (retention === undefined) throw noSuchLock()
  return xmlAnswer([
    `Retention ${S3_NAMESPACE}`,
    [
      ['Mode', retention.mode],
      ['RetainUntilDate', new Date(retention.until).toISOString()],
    ],
  ])
}

export async function putObjectRetention(call: BucketCall): Promise<Answer> {
  const root = await receiveXml(call, 'Retention')
  demandAction(call, 's3:PutObjectRetention')
  if (call.bucket.objectLock === undefined) throw lockOff()
  const object = readableVersion(call)
  const retention = retentionOf(call, childText(root, 'Mode'), childText(root, 'RetainUntilDate'))
  const { retention: current } = object.lock ?? {}
  const weaker = current !== undefined && (retention.until < current.until || retention.mode !== current.mode)
  if (weaker && current.until > call.state.clock.now() && (current.mode === 'COMPLIANCE' || !mayBypass(call))) throw locked()
  replaceVersion(call.bucket.objects, object, { ...object, lock: { ...object.lock, retention } })
  return emptyAnswer(200)
}

export async function getObjectLegalHold(call: BucketCall): Promise<Answer> {
  demandAction(call, 's3:GetObjectLegalHold')
  const { legalHold } = readableVersion(call).lock ?? {}
  if (legalHold === undefined) throw noSuchLock()
  return xmlAnswer([`LegalHold ${S3_NAMESPACE}`, [['Status', legalHold ? 'ON' : 'OFF']]])
}

export async function putObjectLegalHold(call: BucketCall): Promise<Answer> {
  const root = await receiveXml(call, 'LegalHold')
  demandAction(call, 's3:PutObjectLegalHold')
  if (call.bucket.objectLock === undefined) throw lockOff()
  const status = childText(root, 'Status')
  if (status !== 'ON' && status !== 'OFF') throw malformedXml()
  const object = readableVersion(call)
  replaceVersion(call.bucket.objects, object, { ...object, lock: { ...object.lock, legalHold: status === 'ON' } })
  return emptyAnswer(200)
}

function noSuchLock(): AwsError {
  return new AwsError(404, 'NoSuchObjectLockConfiguration', 'The specified object does not have a ObjectLock configuration')
}
