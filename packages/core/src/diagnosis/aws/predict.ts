import type { Access } from '../../access.ts'
import type { Undecided } from '../cloud-diagnosis.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { said } from '../said.ts'
import { shellWord } from '../shell-word.ts'
import { expressGap } from './express.ts'
import { defaultKey } from './key.ts'
import { areGrantsKnown } from './grants.ts'
import { judge, type Judged } from './judge.ts'
import { operationName } from './operations.ts'
import { locationOf } from './subject.ts'
import { ownAsker, askTrust } from './trust.ts'
import { webIdentityGap } from './web-identity-gap.ts'

const OPERATIONS: { readonly [access in Access]: readonly string[] } = {
  list: ['ListObjectsV2'],
  read: ['GetObject'],
  // What is large is written in parts, which ask a key for more than one put does.
  write: ['PutObject', 'UploadPart'],
  delete: ['DeleteObject'],
}

/** What the documents alone refuse for certain, of what the connection is for and nobody has observed. */
export function predictAws(facts: Facts): readonly Failure[] {
  return [...assume(facts), ...data(facts)]
}

function assume(facts: Facts): readonly Failure[] {
  const seen = facts.subject.observations.some((one) => operationName(one).startsWith('assumerole'))
  const role = facts.connection.roleArn
  if (seen || role === undefined) return []
  if (facts.connection.method === 'oidc')
    return typeof webIdentityGap(facts) === 'object' ? [predicted('AssumeRoleWithWebIdentity', role, 'assume')] : []
  const asker = ownAsker(facts)
  return asker !== undefined && askTrust(facts, asker)?.decision.allowed === false ? [predicted('AssumeRole', role, 'assume')] : []
}

/** What a key policy does not give, and a grant that nobody showed might: neither is told from the documents. */
export function undecidedAws(facts: Facts): readonly Undecided[] {
  const keys = requests(facts).flatMap((failure) => {
    const denied = (judge(failure, facts) ?? []).filter(({ decision }) => !decision.allowed)
    return denied.every((one) => mayBeGranted(one, facts)) ? denied.map(({ need }) => need.resource) : []
  })
  return [...new Set(keys)].map((key) => ({
    causes: ['aws.kms.key_policy'],
    because: said(
      `The policy of the key ${key} does not let the role use it; a grant may, and its grants were not shown.`,
      `密钥 ${key} 的策略不允许该角色使用它;授权(grant)可能允许,但未提供其授权列表。`,
    ),
    settle: { read: 'kms:ListGrants', by: 'cloud-admin', command: `aws kms list-grants --key-id ${shellWord(key)}` },
  }))
}

/** Whether a grant would do what the key policy does not: grants are no part of it. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html */
function mayBeGranted({ need, decision }: Judged, facts: Facts): boolean {
  return (
    need.service === 'kms' && decision.layer === 'resource' && decision.effect === 'implicit-deny' && !areGrantsKnown(need.resource, facts)
  )
}

function data(facts: Facts): readonly Failure[] {
  const location = locationOf(facts)
  if (location?.bucket?.endsWith('--x-s3') === true && isAnyKnown(facts)) return session(`s3://${location.bucket}/${location.key}`, facts)
  return requests(facts).filter((failure) =>
    (judge(failure, facts) ?? []).some((one) => !one.decision.allowed && !mayBeGranted(one, facts)),
  )
}

function isAnyKnown({ documents }: Facts): boolean {
  const { rolePolicies, bucketPolicy, boundary, sessionPolicy, scps, rcps, keyPolicies, vpcEndpointPolicy } = documents
  return [rolePolicies, bucketPolicy, boundary, sessionPolicy, scps, rcps, keyPolicies, vpcEndpointPolicy].some((one) => one !== undefined)
}

/** Requests that nobody made, of what the connection is for, where any document could say how they would end. */
function requests(facts: Facts): readonly Failure[] {
  return isAnyKnown(facts) ? requestsOf(facts).filter((failure) => !isSeen(failure, facts)) : []
}

/** What the connection does where it is for, as if each of it was refused. */
export function requestsOf(facts: Facts): readonly Failure[] {
  const location = locationOf(facts)
  if (location?.bucket === undefined || location.bucket.endsWith('--x-s3')) return []
  const place = `s3://${location.bucket}/${location.key}`
  return accessesOf(facts).flatMap((access) => OPERATIONS[access].map((operation) => predicted(operation, place, access)))
}

/** Of a directory bucket everything begins with a session. */
function session(place: string, facts: Facts): readonly Failure[] {
  if (facts.subject.observations.some((one) => operationName(one) === 'createsession')) return []
  const writes = facts.connection.access?.some((access) => access === 'write' || access === 'delete') ?? false
  const failure = predicted('CreateSession', place, 'assume', { 'x-amz-create-session-mode': writes ? 'ReadWrite' : 'ReadOnly' })
  return expressGap(failure, facts) === undefined ? [] : [failure]
}

/** What the connection is for; where nobody said and nothing was tried, what every connection does. */
function accessesOf({ connection, subject }: Facts): readonly Access[] {
  return connection.access ?? (subject.observations.length === 0 ? ['list', 'read'] : [])
}

function isSeen({ capability, observation: { operation = '' } }: Failure, facts: Facts): boolean {
  if (facts.failures.some((one) => one.capability === capability)) return true
  const name = operation.toLowerCase()
  // Without a key, a part asks for nothing that the object does not.
  if (operation === 'UploadPart' && defaultKey(facts) === undefined) return true
  return facts.successes.some((one) => operationName(one) === name)
}

/** A request that nobody made: the documents say how it would end. */
function predicted(
  operation: string,
  target: string,
  capability: Access | 'assume',
  headers: Failure['observation']['headers'] = {},
): Failure {
  return { observation: { index: -1, operation, target, ok: false, headers }, clue: { fields: {}, code: 'AccessDenied' }, capability }
}
