import type { PolicyDocument } from '../../policy/types.ts'
import { isObject } from '../../policy/shapes.ts'
import type { Undecided } from '../cloud-diagnosis.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { said } from '../said.ts'
import { shellWord } from '../shell-word.ts'
import { crossAccount } from './bucket-owner.ts'
import { expressGap } from './express.ts'
import { defaultKey } from './key.ts'
import { areGrantsKnown } from './grants.ts'
import { judge, judgeBy, type Judged } from './judge.ts'
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
  const refused = requests(facts).map((failure) => ({ failure, denied: deniedOf(failure, facts) }))
  const keys = refused.flatMap(({ denied }) =>
    denied.every((one) => mayBeGranted(one, facts)) ? denied.map(({ need }) => need.resource) : [],
  )
  const given = refused.flatMap(({ failure, denied }) =>
    denied.filter((one) => mayBeGiven(one, failure, facts)).map(({ need }) => need.action),
  )
  return [...undecidedKeys([...new Set(keys)]), ...undecidedActions([...new Set(given)])]
}

function deniedOf(failure: Failure, facts: Facts): readonly Judged[] {
  return (judge(failure, facts) ?? []).filter(({ decision }) => !decision.allowed)
}

function undecidedActions(actions: readonly string[]): readonly Undecided[] {
  if (actions.length === 0) return []
  return [
    {
      causes: ['aws.id.list_missing', 'aws.id.action_missing'],
      because: said(
        `The role’s policies do not allow ${actions.join(', ')}; the bucket’s policy may, and was not shown.`,
        `角色的策略不允许 ${actions.join(', ')};存储桶策略可能允许,但未提供。`,
      ),
      settle: { read: 's3:GetBucketPolicy', by: 'cloud-admin', command: 'aws s3api get-bucket-policy --bucket BUCKET' },
    },
  ]
}

function undecidedKeys(keys: readonly string[]): readonly Undecided[] {
  return keys.map((key) => ({
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

/**
 * Whether the bucket may give what the role's policies do not: in one account either is enough, and nobody showed the bucket's policy. Policies
 * that give it elsewhere are meant to give it here: that they miss the place is the fault, whatever the bucket says. Of documents alone it is
 * asked what these come to, and a bucket has no policy until somebody writes one.
 */
function mayBeGiven({ need, decision }: Judged, failure: Failure, facts: Facts): boolean {
  if (facts.subject.observations.length === 0 && !facts.subject.isPartial) return false
  const isOpen = decision.layer === 'identity' && decision.effect === 'implicit-deny' && facts.documents.bucketPolicy === undefined
  if (need.service !== 's3' || !isOpen || crossAccount(facts) === 'yes') return false
  const everywhere = judgeBy(failure, facts, { ...facts.documents, rolePolicies: facts.documents.rolePolicies?.map(onEverything) ?? [] })
  return everywhere?.find((one) => one.need.action === need.action)?.decision.allowed !== true
}

/** A policy whose statements are about everything. */
function onEverything(policy: PolicyDocument): PolicyDocument {
  const { Statement: given } = policy
  const statements = (Array.isArray(given) ? given : [given]).filter(isObject)
  return { ...policy, Statement: statements.map(({ NotResource: _, ...statement }) => ({ ...statement, Resource: '*' })) }
}

function data(facts: Facts): readonly Failure[] {
  const location = locationOf(facts)
  if (location?.bucket?.endsWith('--x-s3') === true && isAnyKnown(facts)) return session(`s3://${location.bucket}/${location.key}`, facts)
  return requests(facts).filter(
    (failure) =>
      deniedOf(failure, facts).some((one) => !mayBeGranted(one, facts) && !mayBeGiven(one, failure, facts)) ||
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
