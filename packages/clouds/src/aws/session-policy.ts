import { type Access, type ConnectionSettings, type JsonObject, type LeaseScope, type Location, accessError } from '@sluice/core'
import { compactJson } from '../setup/json-text.ts'
import { escapePattern, escapeVariables } from '../setup/pattern.ts'

/** The longest session policy that STS takes, in characters. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const SESSION_POLICY_LIMIT = 2_048

/**
 * The session policy that narrows a role to exactly this location and these accesses: the role's own permissions still apply, so it never adds any.
 * An empty scope and a policy that STS would not take are refused; nothing is widened to make them fit.
 */
export function sessionPolicy(scope: LeaseScope, settings: ConnectionSettings, partition: string): string {
  if (scope.access.length === 0) throw accessError('aws.lease.empty', { message: 'A lease that allows nothing was asked for.' })
  const policy = compactJson({ Version: '2012-10-17', Statement: statements(scope, settings, partition) })
  if (policy.length > SESSION_POLICY_LIMIT)
    throw accessError('aws.lease.policy_too_large', {
      message: `The session policy for ${scope.access.join(', ')} on this location has ${policy.length} characters; STS takes ${SESSION_POLICY_LIMIT}.`,
      context: { characters: policy.length, limit: SESSION_POLICY_LIMIT, splittable: scope.access.length > 1 },
    })
  return policy
}

function statements(scope: LeaseScope, settings: ConnectionSettings, partition: string): readonly JsonObject[] {
  const { location, access } = scope
  const bucket = `arn:${partition}:s3:::${location.bucket}`
  const objects = objectActions(access, settings)
  return [
    ...(access.includes('list') ? [allow(['s3:ListBucket'], [bucket], listCondition(location))] : []),
    ...(objects.length > 0 ? [allow(objects, [`${bucket}/${objectPattern(location)}`])] : []),
    ...keyStatements(access, settings),
  ]
}

function objectActions(access: readonly Access[], settings: ConnectionSettings): readonly string[] {
  return [
    ...(access.includes('read') ? ['s3:GetObject', 's3:GetObjectVersion'] : []),
    ...(access.includes('write') ? ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'] : []),
    ...(access.includes('write') && settings.acl !== undefined ? ['s3:PutObjectAcl'] : []),
    ...(access.includes('delete') ? ['s3:DeleteObject', 's3:DeleteObjectVersion'] : []),
  ]
}

function objectPattern(location: Location): string {
  return `${escapePattern(location.prefix)}${location.extent === 'object' ? '' : '*'}`
}

function listCondition(location: Location): JsonObject | undefined {
  if (location.extent === 'bucket') return undefined
  if (location.extent === 'object') return { StringEquals: { 's3:prefix': escapeVariables(location.prefix) } }
  return { StringLike: { 's3:prefix': `${escapePattern(location.prefix)}*` } }
}

/**
 * KMS through S3 only. Objects encrypted with keys the connection does not name (the account's default among them) stay usable
 * where the role may use them: S3 alone decides which objects, and that is narrowed above.
 */
function keyStatements(access: readonly Access[], settings: ConnectionSettings): readonly JsonObject[] {
  const writeKeys = [
    ...(settings.kmsWriteKeys ?? []),
    ...(settings.encryption?.keyId?.startsWith('arn:') ? [settings.encryption.keyId] : []),
  ]
  return [
    ...(access.includes('read') ? [keyStatement(['kms:Decrypt'], settings.kmsReadKeys ?? [])] : []),
    ...(access.includes('write') ? [keyStatement(['kms:GenerateDataKey', 'kms:Decrypt'], writeKeys)] : []),
  ]
}

function keyStatement(actions: readonly string[], keys: readonly string[]): JsonObject {
  return allow(actions, keys.length === 0 ? ['*'] : [...new Set(keys)], { StringLike: { 'kms:ViaService': 's3.*' } })
}

function allow(actions: readonly string[], resources: readonly string[], condition?: JsonObject): JsonObject {
  return { Effect: 'Allow', Action: one(actions), Resource: one(resources), ...(condition === undefined ? {} : { Condition: condition }) }
}

/** IAM reads a list of one and its member alike; the member is shorter. */
function one(list: readonly string[]): string | readonly string[] {
  const [first] = list
  return first !== undefined && list.length === 1 ? first : list
}
