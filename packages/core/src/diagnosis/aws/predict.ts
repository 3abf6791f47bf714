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
import { requestsOf, unmade } from './requests.ts'
import { resourceGap } from './resource-gap.ts'
import { locationOf } from './subject.ts'
import { ownAsker, askTrust } from './trust.ts'
import { webIdentityGap } from './web-identity-gap.ts'

/** What the documents alone refuse for certain, of what the connection is for and nobody has observed. */
export function predictAws(facts: Facts): readonly Failure[] {
  return [...assume(facts), ...data(facts)]
}

function assume(facts: Facts): readonly Failure[] {
  const seen = facts.subject.observations.some((one) => operationName(one).startsWith('assumerole'))
  const role = facts.connection.roleArn
  if (seen || role === undefined) return []
  if (facts.connection.method === 'oidc')
    return typeof webIdentityGap(facts, false) === 'object' ? [unmade('AssumeRoleWithWebIdentity', role, 'assume')] : []
  const asker = ownAsker(facts)
  return asker !== undefined && askTrust(facts, asker)?.decision.allowed === false ? [unmade('AssumeRole', role, 'assume')] : []
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
  return requests(facts).filter(
    (failure) =>
      (judge(failure, facts) ?? []).some((one) => !one.decision.allowed && !mayBeGranted(one, facts)) ||
      // Of another account's bucket nothing says but what was refused there: its policy then says what else it lacks.
      resourceGap(failure, facts)?.explanation.fits === 'proved',
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

/** Of a directory bucket everything begins with a session. */
function session(place: string, facts: Facts): readonly Failure[] {
  if (facts.subject.observations.some((one) => operationName(one) === 'createsession')) return []
  const writes = facts.connection.access?.some((access) => access === 'write' || access === 'delete') ?? false
  const failure = unmade('CreateSession', place, 'assume', { 'x-amz-create-session-mode': writes ? 'ReadWrite' : 'ReadOnly' })
  return expressGap(failure, facts) === undefined ? [] : [failure]
}

function isSeen({ capability, observation: { operation = '' } }: Failure, facts: Facts): boolean {
  if (facts.failures.some((one) => one.capability === capability)) return true
  const name = operation.toLowerCase()
  // Without a key, a part asks for nothing that the object does not.
  if (operation === 'UploadPart' && defaultKey(facts) === undefined) return true
  return facts.successes.some((one) => operationName(one) === name)
}
