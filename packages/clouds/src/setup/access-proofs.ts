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
  return ACCESSES.map((access) =>
    subject.access.includes(access)
      ? claim(subject, `${VERBS[access]} ${shown}`, 'allowed', callsFor(subject, access, location, key))
      : claim(subject, `${VERBS[access]} ${shown}`, 'denied', [simplestCall(access, location.bucket, key, location.prefix)]),
  )
}

/** What lies next to a location and above it must stay out of reach, whatever the access. */
function neighbourProofs(subject: AccessSubject, location: Location): readonly SetupProof[] {
  if (location.extent === 'bucket') return []
  const { bucket } = location
  const [folder, sibling] = [parentOf(location.prefix), neighbourOf(subject, location)]
  const parent = unreached(subject, bucket, `${folder}sluice-outside`)
  const listed = subject.locations.some((one) => one.bucket === bucket && one.prefix === folder)
  const refused = (text: string, call: S3Call): SetupProof => claim(subject, text, 'denied', [call])
  return [
    ...ACCESSES.map((access) =>
      refused(`${VERBS[access]} s3://${bucket}/${sibling}*`, simplestCall(access, bucket, `${sibling}x`, sibling)),
    ),
    refused(`Read s3://${bucket}/${parent}`, { operation: 'GetObject', bucket, key: parent }),
    ...(listed ? [] : [refused(`List s3://${bucket}/${folder}`, { operation: 'ListObjectsV2', bucket, prefix: folder })]),
    refused(`List all of s3://${bucket}`, { operation: 'ListObjectsV2', bucket }),
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
    claim(subject, `Find out the region of ${bucket}`, 'allowed', [{ operation: 'GetBucketLocation', bucket }]),
    claim(subject, `Change the policy of ${bucket}`, 'denied', [{ operation: 'PutBucketPolicy', bucket }]),
    claim(subject, `Delete the bucket ${bucket}`, 'denied', [{ operation: 'DeleteBucket', bucket }]),
    ...ACCESSES.map((access) =>
      claim(subject, `${VERBS[access]} in the bucket ${foreign}`, 'denied', [simplestCall(access, foreign, key, inside?.prefix ?? '')]),
    ),
  ]
}

/** The keys work only through S3, and no other key does. */
function keyProofs(subject: AccessSubject): readonly SetupProof[] {
  const keys = [...new Set([...subject.readKeys, ...subject.writeKeys])]
  return keys.flatMap((keyArn) => [
    needsClaim(subject, `Decrypt with ${keyArn} through S3`, 'allowed', [decryptNeeds(subject, keyArn, regionOf(keyArn))]),
    needsClaim(subject, `Decrypt with ${keyArn} without S3`, 'denied', [decryptNeeds(subject, keyArn, undefined)]),
    needsClaim(subject, `Decrypt with ${keyArn}-other`, 'denied', [decryptNeeds(subject, `${keyArn}-other`, regionOf(keyArn))]),
  ])
}

/** What using the key asks for, without the object: with a region through S3, else by itself. */
function decryptNeeds({ partition }: AccessSubject, keyArn: string, region: string | undefined): readonly S3Need[] {
  const call = { operation: 'GetObject', bucket: 'any', key: 'any', partition, kms: { keyArn } } as const
  return expandS3Call({ ...call, ...(region === undefined ? {} : { region }) }).filter((need) => need.service === 'kms')
}

function regionOf(keyArn: string): string {
  return keyArn.split(':')[3] ?? ''
}

/** A claim about calls: granted when all of them work, refused when none does. */
function claim(subject: AccessSubject, text: string, expected: SetupProof['expected'], calls: readonly S3Call[]): SetupProof {
  const needs = calls.map((call) => expandS3Call({ ...call, partition: subject.partition }))
  return needsClaim(subject, text, expected, needs)
}

function needsClaim(
  subject: AccessSubject,
  text: string,
  expected: SetupProof['expected'],
  calls: readonly (readonly S3Need[])[],
): SetupProof {
  const works = (needs: readonly S3Need[]): boolean => needs.every((need) => isAllowed(subject, need, expected))
  return proof(text, expected, expected === 'allowed' ? calls.every(works) : calls.some(works))
}

/** Where policies may be set up in several ways, a grant must work in each of them and a refusal must hold in each. */
function isAllowed(subject: AccessSubject, need: S3Need, expected: SetupProof['expected']): boolean {
  const { account, sets } = subject.policiesFor(need)
  const { principal } = subject
  const { action, resource, context } = need
  const allows = (policies: PolicySet): boolean =>
    evaluate({ principal, action, resource, resourceAccount: account, context, policies }).allowed
  return expected === 'allowed' ? sets.every(allows) : sets.some(allows)
}
