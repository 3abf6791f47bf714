import { describe, expect, it } from 'vitest'
import { objectOf } from '../../test/diagnosis/object-of.ts'
import { patchedCases, titleOf, type PatchedCase } from '../../test/diagnosis/patched-cases.ts'
import type { NamedScenario } from '../../test/diagnosis/scenarios.ts'
import { isAllowed, mayAssume, type Call } from '../../test/diagnosis/world.ts'
import type { S3Call, S3Operation } from '../policy/s3-call.ts'
import type { Principal } from '../policy/types.ts'

const patched = patchedCases('aws')

const ROLE = 'arn:aws:iam::105880447796:role/sluice-acme'
const OURS: Principal = { kind: 'role-session', roleArn: ROLE, sessionName: 'diag' }
const OTHERS: readonly Principal[] = [
  { kind: 'role-session', roleArn: 'arn:aws:iam::105880447796:role/analyst', sessionName: 'x' },
  { kind: 'user', arn: 'arn:aws:iam::105880447796:user/ops' },
  { kind: 'role-session', roleArn: 'arn:aws:iam::444455556666:role/stranger', sessionName: 'x' },
]
const PLATFORM: Principal = { kind: 'role-session', roleArn: 'arn:aws:iam::380838443567:role/sluice/platform', sessionName: 'x' }
const NOT_US: readonly Principal[] = [
  { kind: 'role-session', roleArn: 'arn:aws:iam::380838443567:role/sluice/other', sessionName: 'x' },
  { kind: 'role-session', roleArn: 'arn:aws:iam::444455556666:role/stranger', sessionName: 'x' },
]
const KEY = 'mydata/part-0001.csv'
const KEYS = [KEY, 'mydata/2026/deep.csv', 'mydata', 'mydata-neighbour/a.csv', 'other/a.csv', 'a.csv']
const OBJECT_CALLS: readonly S3Operation[] = [
  'GetObject',
  'PutObject',
  'DeleteObject',
  'GetObjectAcl',
  'PutObjectAcl',
  'GetObjectTagging',
  'PutObjectTagging',
  'AbortMultipartUpload',
]
const BUCKET_CALLS: readonly S3Operation[] = [
  'GetBucketPolicy',
  'PutBucketPolicy',
  'DeleteBucketPolicy',
  'PutBucketEncryption',
  'GetBucketLocation',
  'DeleteBucket',
  'ListObjectVersions',
]

/** Everything that could be asked for of this bucket, and of another. */
function everyCall(kms: string | undefined): readonly S3Call[] {
  const key = kms === undefined ? {} : { kms: { keyArn: kms } }
  return ['acme-data', 'acme-data-2'].flatMap((bucket): readonly S3Call[] => [
    ...KEYS.flatMap((one) => OBJECT_CALLS.map((operation): S3Call => ({ operation, bucket, key: one, region: 'us-west-2', ...key }))),
    ...BUCKET_CALLS.map((operation): S3Call => ({ operation, bucket })),
    ...['mydata/', 'mydata/2026/', 'mydata', 'other/', ''].map((prefix): S3Call => ({ operation: 'ListObjectsV2', bucket, prefix })),
    { operation: 'ListObjectsV2', bucket },
  ])
}

const ACCESS: { readonly [operation in S3Operation]?: string } = {
  ListObjectsV2: 'list',
  GetObject: 'read',
  GetObjectTagging: 'read',
  PutObject: 'write',
  AbortMultipartUpload: 'write',
  DeleteObject: 'delete',
  // What a write with an ACL asks for, and what was refused by name.
  PutObjectAcl: 'write',
  GetBucketLocation: 'location',
}

/** Whether a call is of what the connection is for, or of what was refused by name. */
function isAsked({ operation, bucket, key, prefix }: S3Call, { case: given, expect: expected }: NamedScenario): boolean {
  const access = objectOf(given['connection'])['access']
  const named = [...(Array.isArray(access) ? access : []), ...(expected.affects ?? [])]
  const place = operation === 'ListObjectsV2' ? prefix : key
  return bucket === 'acme-data' && place?.startsWith('mydata/') === true && named.includes(ACCESS[operation] ?? '')
}

function isAbroad({ finding }: PatchedCase): boolean {
  return ['aws.rp.absent', 'aws.rp.condition_never', 'aws.bpa'].includes(finding.cause)
}

const KMS = /arn:aws:kms:us-west-2:\d{12}:key\/[\w-]+/

const ofData = patched.filter(({ finding }) => !/^aws\.(sts|oidc|directory)/.test(finding.cause))
const ofTrust = patched.filter(({ finding }) => finding.cause.startsWith('aws.sts'))

it('there are many patches to look at', () => {
  expect(ofData.length).toBeGreaterThan(40)
  expect(ofTrust.length).toBeGreaterThan(8)
})

describe('a patch for data', () => {
  it.each(ofData.map((one) => [titleOf(one), one] as const))('%s allows nothing beyond what was asked', (_, one) => {
    const { scenario, before, after } = one
    const abroad = isAbroad(one)
    const beyond = [OURS, ...OTHERS].flatMap((principal) =>
      everyCall(undefined)
        .map((call): Call => ({ principal, call }))
        .filter((asked) => isAllowed(asked, after, principal === OURS, abroad) && !isAllowed(asked, before, principal === OURS, abroad))
        .filter(({ call }) => principal !== OURS || !isAsked(call, scenario)),
    )
    expect(beyond).toEqual([])
  })

  it.each(ofData.filter(({ finding }) => finding.certainty === 'proved').map((one) => [titleOf(one), one] as const))(
    '%s lets the refused request through',
    (_, one) => {
      const { scenario, finding, before, after } = one
      const kms = KMS.exec(
        finding.remedy.document?.startsWith('documents.keyPolicies') === true
          ? finding.remedy.document
          : JSON.stringify([finding.remedy.patch, scenario.case['observations'] ?? '']),
      )?.[0]
      const wants: readonly S3Call[] = finding.affects.flatMap((affected): readonly S3Call[] => {
        const key = finding.cause.startsWith('aws.kms') && kms !== undefined ? { kms: { keyArn: kms } } : {}
        const at = { bucket: 'acme-data', region: 'us-west-2' }
        // A key that is not there is refused for want of listing.
        if (affected === 'list' || finding.cause.startsWith('aws.id.list'))
          return [{ operation: 'ListObjectsV2', prefix: 'mydata/', ...at }]
        if (affected === 'read') return [{ operation: 'GetObject', key: KEY, ...at, ...key }]
        if (affected === 'delete') return [{ operation: 'DeleteObject', key: KEY, ...at }]
        const acl = finding.cause === 'aws.own.put_acl' ? { acl: 'bucket-owner-full-control' } : {}
        return [{ operation: finding.cause === 'aws.kms.multipart' ? 'UploadPart' : 'PutObject', key: KEY, ...at, ...key, ...acl }]
      })
      expect(wants.length).toBeGreaterThan(0)
      const abroad = isAbroad(one)
      for (const call of wants) {
        expect(isAllowed({ principal: OURS, call }, before, true, abroad), JSON.stringify(call)).toBe(false)
        expect(isAllowed({ principal: OURS, call }, after, true, abroad), JSON.stringify([call, finding.remedy.patch])).toBe(true)
      }
    },
  )
})

describe('a patch for trust', () => {
  it.each(ofTrust.map((one) => [titleOf(one), one] as const))(
    '%s lets us in with our id, and nobody else, and us not without it',
    (_, { scenario, before, after }) => {
      const externalId = objectOf(scenario.case['connection'])['externalId']
      const id = typeof externalId === 'string' ? externalId : undefined
      expect(mayAssume(PLATFORM, id, before)).toBe(false)
      expect(mayAssume(PLATFORM, id, after)).toBe(true)
      const opens = (who: Principal, with_: string | undefined): boolean => mayAssume(who, with_, after) && !mayAssume(who, with_, before)
      expect(opens(PLATFORM, undefined)).toBe(false)
      expect(opens(PLATFORM, 'an-id-of-nobody')).toBe(false)
      // Whom of our account the customer trusts as a whole is named by the customer.
      const account = /380838443567(:root)?"/.test(JSON.stringify(before['trustPolicy'] ?? ''))
      for (const other of account ? NOT_US.slice(1) : NOT_US) expect(opens(other, id)).toBe(false)
    },
  )
})
