import {
  type Access,
  evaluate,
  expandS3Call,
  type Location,
  type PolicySet,
  type Principal,
  type S3Call,
  type S3Need,
  type SetupProof,
} from '@sluice/core'
import { accessProofs } from './access-proofs.ts'
import { proof } from './prove.ts'
import { callsFor, simplestCall } from './s3-calls.ts'

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

/** The proofs of access to buckets of S3, and of the keys that encrypt what is in them. */
export function s3Proofs(subject: AccessSubject): readonly SetupProof[] {
  return [
    ...accessProofs<S3Call>({
      access: subject.access,
      locations: subject.locations,
      scheme: 's3://',
      callsFor: (access, location, key) => callsFor(subject, access, location, key),
      simplest: simplestCall,
      bucketClaims: (bucket) => [
        { text: `Find out the region of ${bucket}`, expected: 'allowed', call: { operation: 'GetBucketLocation', bucket } },
        { text: `Change the policy of ${bucket}`, expected: 'denied', call: { operation: 'PutBucketPolicy', bucket } },
        { text: `Delete the bucket ${bucket}`, expected: 'denied', call: { operation: 'DeleteBucket', bucket } },
      ],
      allows: (call, expected) =>
        expandS3Call({ ...call, partition: subject.partition }).every((need) => isAllowed(subject, need, expected)),
    }),
    ...keyProofs(subject),
  ]
}

/** The keys work only through S3, and no other key does. */
function keyProofs(subject: AccessSubject): readonly SetupProof[] {
  const keys = [...new Set([...subject.readKeys, ...subject.writeKeys])]
  const claim = (text: string, expected: SetupProof['expected'], needs: readonly S3Need[]): SetupProof =>
    proof(
      text,
      expected,
      needs.every((need) => isAllowed(subject, need, expected)),
    )
  return keys.flatMap((keyArn) => [
    claim(`Decrypt with ${keyArn} through S3`, 'allowed', decryptNeeds(subject, keyArn, regionOf(keyArn))),
    claim(`Decrypt with ${keyArn} without S3`, 'denied', decryptNeeds(subject, keyArn, undefined)),
    claim(`Decrypt with ${keyArn}-other`, 'denied', decryptNeeds(subject, `${keyArn}-other`, regionOf(keyArn))),
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

/** Where policies may be set up in several ways, a grant must work in each of them and a refusal must hold in each. */
function isAllowed(subject: AccessSubject, need: S3Need, expected: SetupProof['expected']): boolean {
  const { account, sets } = subject.policiesFor(need)
  const { principal } = subject
  const { action, resource, context } = need
  const allows = (policies: PolicySet): boolean =>
    evaluate({ principal, action, resource, resourceAccount: account, context, policies }).allowed
  return expected === 'allowed' ? sets.every(allows) : sets.some(allows)
}
