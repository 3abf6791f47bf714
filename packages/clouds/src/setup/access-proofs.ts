import {
  ACCESSES,
  type Access,
  contains,
  covers,
  evaluate,
  expandS3Call,
  type Location,
  type PolicySet,
  type Principal,
  type S3Call,
  type S3Need,
  type SetupProof,
} from '@sluice/core'
import { callsFor, sampleKey, simplestCall } from './access-calls.ts'
import { proof } from './prove.ts'

/** Whose rights are asked about, and where the answer lies. */
export interface AccessSubject {
  readonly principal: Principal
  readonly partition: string
  readonly access: readonly Access[]
  readonly locations: readonly Location[]
  readonly setsAcl: boolean
  readonly readKeys: readonly string[]
  readonly writeKeys: readonly string[]
  /** The account of what is asked for, and the policies that apply. Of several sets each must allow. */
  readonly policiesFor: (need: S3Need) => { readonly account: string; readonly sets: readonly PolicySet[] }
}

/** Every access asked for works in every location, nothing else does, and nothing works next to or outside them. */
export function accessProofs(subject: AccessSubject): readonly SetupProof[] {
  return [
    ...subject.locations.flatMap((location) => [...insideProofs(subject, location), ...neighbourProofs(subject, location)]),
    ...[...new Set(subject.locations.map((location) => location.bucket))].flatMap((bucket) => bucketProofs(subject, bucket)),
    ...keyProofs(subject),
  ]
}

const VERBS: { readonly [access in Access]: string } = { list: 'List', read: 'Read', write: 'Write', delete: 'Delete' }

function insideProofs(subject: AccessSubject, location: Location): readonly SetupProof[] {
  const key = sampleKey(location)
  const shown = `s3://${location.bucket}/${location.prefix}${location.extent === 'object' ? '' : '*'}`
  return ACCESSES.map((access) => {
    const claim = `${VERBS[access]} ${shown}`
    if (!subject.access.includes(access))
      return proof(claim, 'denied', may(subject, simplestCall(access, location.bucket, key, location.prefix)))
    return proof(
      claim,
      'allowed',
      callsFor(subject, access, location, key).every((call) => may(subject, call)),
    )
  })
}

/** What lies next to a location and above it must stay out of reach, whatever the access. */
function neighbourProofs(subject: AccessSubject, location: Location): readonly SetupProof[] {
  if (location.extent === 'bucket') return []
  const { bucket } = location
  const [folder, sibling] = [parentOf(location.prefix), neighbourOf(subject, location)]
  const parent = unreached(subject, bucket, `${folder}sluice-outside`)
  const listed = subject.locations.some((one) => one.bucket === bucket && one.prefix === folder)
  return [
    ...ACCESSES.map((access) => {
      const call = simplestCall(access, bucket, `${sibling}x`, sibling)
      return proof(`${VERBS[access]} s3://${bucket}/${sibling}*`, 'denied', may(subject, call))
    }),
    proof(`Read s3://${bucket}/${parent}`, 'denied', may(subject, { operation: 'GetObject', bucket, key: parent })),
    ...(listed
      ? []
      : [proof(`List s3://${bucket}/${folder}`, 'denied', may(subject, { operation: 'ListObjectsV2', bucket, prefix: folder }))]),
    proof(`List all of s3://${bucket}`, 'denied', may(subject, { operation: 'ListObjectsV2', bucket })),
  ]
}

function parentOf(prefix: string): string {
  return prefix.slice(0, prefix.replace(/\/$/, '').lastIndexOf('/') + 1)
}

/** `data2/` beside `data/`: the neighbour a missing slash would let in, unless the connection has it too. */
function neighbourOf(subject: AccessSubject, { bucket, prefix }: Location): string {
  const stem = prefix.replace(/\/$/, '')
  const reaches = (candidate: string): boolean =>
    subject.locations.some(
      (one) =>
        one.bucket === bucket &&
        (covers(one, `${candidate}x`) || contains({ ...one, prefix: candidate, extent: 'folder' }, one) || covers(one, candidate)),
    )
  for (let number = 2; ; number++) if (!reaches(`${stem}${number}/`)) return `${stem}${number}/`
}

/** A key near `key` that no location covers. */
function unreached(subject: AccessSubject, bucket: string, key: string): string {
  for (let candidate = key; ; candidate += '-')
    if (!subject.locations.some((one) => one.bucket === bucket && covers(one, candidate))) return candidate
}

function bucketProofs(subject: AccessSubject, bucket: string): readonly SetupProof[] {
  const foreign = `${bucket}-foreign`
  const inside = subject.locations.find((location) => location.bucket === bucket)
  const key = inside ? sampleKey(inside) : 'x'
  return [
    proof(`Find out the region of ${bucket}`, 'allowed', may(subject, { operation: 'GetBucketLocation', bucket })),
    proof(`Change the policy of ${bucket}`, 'denied', may(subject, { operation: 'PutBucketPolicy', bucket })),
    proof(`Delete the bucket ${bucket}`, 'denied', may(subject, { operation: 'DeleteBucket', bucket })),
    ...ACCESSES.map((access) =>
      proof(`${VERBS[access]} in the bucket ${foreign}`, 'denied', may(subject, simplestCall(access, foreign, key, inside?.prefix ?? ''))),
    ),
  ]
}

/** The keys work only through S3, and no other key does. */
function keyProofs(subject: AccessSubject): readonly SetupProof[] {
  const keys = [...new Set([...subject.readKeys, ...subject.writeKeys])]
  return keys.flatMap((keyArn) => {
    const other = `${keyArn}-other`
    const through = { operation: 'GetObject', bucket: 'any', key: 'any', region: keyArn.split(':')[3] ?? '' } as const
    const decrypts = (arn: string, region: boolean): boolean => {
      const { region: name, ...call } = through
      const needs = needsOf(subject, { ...call, ...(region ? { region: name } : {}), kms: { keyArn: arn } })
      return needs.filter((need) => need.service === 'kms').every((need) => isAllowed(subject, need))
    }
    return [
      proof(`Decrypt with ${keyArn} through S3`, 'allowed', decrypts(keyArn, true)),
      proof(`Decrypt with ${keyArn} without S3`, 'denied', decrypts(keyArn, false)),
      proof(`Decrypt with ${other}`, 'denied', decrypts(other, true)),
    ]
  })
}

function may(subject: AccessSubject, call: S3Call): boolean {
  return needsOf(subject, call).every((need) => isAllowed(subject, need))
}

function needsOf(subject: AccessSubject, call: S3Call): readonly S3Need[] {
  return expandS3Call({ ...call, partition: subject.partition })
}

function isAllowed(subject: AccessSubject, need: S3Need): boolean {
  const { account, sets } = subject.policiesFor(need)
  const { principal } = subject
  const { action, resource, context } = need
  return sets.every((policies) => evaluate({ principal, action, resource, resourceAccount: account, context, policies }).allowed)
}
