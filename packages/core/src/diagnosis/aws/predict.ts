import type { Access } from '../../access.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { expressGap } from './express.ts'
import { defaultKey } from './key.ts'
import { judge } from './judge.ts'
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

function data(facts: Facts): readonly Failure[] {
  const location = locationOf(facts)
  const { rolePolicies, bucketPolicy, boundary, sessionPolicy, scps, rcps, keyPolicies, vpcEndpointPolicy } = facts.documents
  const known = [rolePolicies, bucketPolicy, boundary, sessionPolicy, scps, rcps, keyPolicies, vpcEndpointPolicy].some(
    (one) => one !== undefined,
  )
  if (location?.bucket === undefined || !known) return []
  const place = `s3://${location.bucket}/${location.key}`
  if (location.bucket.endsWith('--x-s3')) return session(place, facts)
  return accessesOf(facts).flatMap((access) =>
    OPERATIONS[access].flatMap((operation): readonly Failure[] => {
      if (isSeen(access, operation, facts)) return []
      const failure = predicted(operation, place, access)
      return judge(failure, facts)?.some(({ decision }) => !decision.allowed) === true ? [failure] : []
    }),
  )
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

function isSeen(access: Access, operation: string, facts: Facts): boolean {
  if (facts.failures.some(({ capability }) => capability === access)) return true
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
