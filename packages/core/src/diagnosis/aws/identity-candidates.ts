import type { Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { IdentityGap } from './identity-gap.ts'
import { meantAction } from './api-names.ts'
import { operationName } from './operations.ts'
import { isForData, isServed, isUntold, succeeded } from './refusal.ts'
import { sameTarget } from './subject.ts'
import { readTarget } from './target.ts'

/** The gaps that one refusal can mean where the role's policies were not shown, the likeliest first, as far as the other requests do not exclude them. */
export function identityCandidates(failure: Failure, facts: Facts): readonly IdentityGap[] {
  const { clue, observation } = failure
  const operation = operationName(observation, clue)
  if (clue.action?.startsWith('kms:') === true) return keyCandidates(operation, facts)
  if (clue.action === 's3:PutObjectAcl' && operation !== 'putobjectacl') return ['aws.own.put_acl']
  if (isNowhereServed(failure, facts)) return ['aws.id.object_arn']
  const listing = clue.action === undefined ? failure.capability === 'list' : clue.action.startsWith('s3:ListBucket')
  if (listing) return listingCandidates(failure, facts)
  if (!isAboutObject(failure)) return ['aws.id.action_missing', ...asCall(clue.action)]
  return objectCandidates(failure, facts)
}

function keyCandidates(operation: string, facts: Facts): readonly IdentityGap[] {
  const parts = /^(uploadpart|uploadpartcopy|completemultipartupload)$/.test(operation)
  // What was written at once needs no more of the key: where nobody said what was called, it may have been a part.
  if (operation === 'decrypt' && succeeded(facts, 'putobject', 'createmultipartupload')) return ['aws.kms.identity', 'aws.kms.multipart']
  return parts && succeeded(facts, 'putobject', 'createmultipartupload') ? ['aws.kms.multipart'] : ['aws.kms.identity']
}

/** Several requests of several kinds, none served and none with a reason: one policy that names another bucket would explain them all. */
function isNowhereServed(failure: Failure, facts: Facts): boolean {
  if (!isUntold(failure) || failure.clue.action !== undefined || isServed(facts)) return false
  const refused = facts.failures.filter((one) => isForData(one) && isUntold(one))
  return new Set(refused.map(({ capability }) => capability)).size > 1
}

function listingCandidates(failure: Failure, facts: Facts): readonly IdentityGap[] {
  // A listing that succeeded elsewhere shows that the action is granted on the bucket: only its prefix can be at fault.
  const lists = (operation: string): boolean => /^listobjects(v2)?$/.test(operation)
  const { target } = failure.observation
  const elsewhere = facts.successes.some((one) => lists(operationName(one)) && (one.target === undefined || one.target !== target))
  if (elsewhere && failure.capability === 'list') return ['aws.id.list_prefix']
  return ['aws.id.list_missing', 'aws.id.list_resource', 'aws.id.list_prefix', 'aws.id.invalid_action']
}

function objectCandidates({ observation, clue }: Failure, facts: Facts): readonly IdentityGap[] {
  const action = clue.action ?? actionOf(observation, clue)
  const served = facts.successes.filter((one) => isOfObject(operationName(one)))
  // The same on another object works: the action is granted, and this object is not among its resources.
  if (served.some((one) => actionOf(one) === action && !sameTarget(one, observation))) return ['aws.id.object_arn']
  // Something else on the same object works, or under the same folder: then it is the action that is missing.
  const here = served.some((one) => sameTarget(one, observation))
  if (here) return ['aws.id.action_missing', ...asCall(clue.action)]
  return served.length > 0
    ? ['aws.id.action_missing', 'aws.id.object_arn', ...asCall(clue.action)]
    : ['aws.id.object_arn', 'aws.id.action_missing', ...asCall(clue.action)]
}

function isOfObject(operation: string): boolean {
  return /object|upload|part/.test(operation) && !/^list(objects|multipart)/.test(operation)
}

/** The action that a request takes, as far as its name and target tell. */
function actionOf(observation: Observation, clue?: Clue): string {
  const operation = operationName(observation, clue)
  const versioned = readTarget(observation.target)?.versionId !== undefined || operation.endsWith('version') ? 'Version' : ''
  if (/^(get|head)object(version)?$/.test(operation)) return `s3:GetObject${versioned}`
  if (/^deleteobject(version)?$/.test(operation)) return `s3:DeleteObject${versioned}`
  return /^(putobject|createmultipartupload|uploadpart|completemultipartupload|copyobject)/.test(operation) ? 's3:PutObject' : operation
}

/** A call was written for the action, where there is one that people write for it. */
function asCall(action: string | undefined): readonly IdentityGap[] {
  return action === undefined || meantAction(action) ? ['aws.id.invalid_action'] : []
}

function isAboutObject({ observation, clue, capability }: Failure): boolean {
  if (/^(getbucket|putbucket|headbucket|listbuckets|getpublic)/.test(operationName(observation, clue))) return false
  const key = readTarget(clue.resource)?.key ?? readTarget(observation.target)?.key
  return capability !== undefined || key !== ''
}
