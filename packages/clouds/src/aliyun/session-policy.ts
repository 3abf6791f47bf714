import { type Access, type ConnectionSettings, type JsonObject, type LeaseScope, type Location, accessError } from '@sluice/core'
import { compactJson } from '../setup/json-text.ts'
import { isLiteral } from './policy-text.ts'

/** The longest session policy that STS takes, in bytes. https://help.aliyun.com/en/ram/developer-reference/api-sts-2015-04-01-assumerole */
export const SESSION_POLICY_LIMIT = 2_048

/**
 * The session policy that narrows a role to exactly this location and these accesses: the role's own permissions still apply, so it never adds any.
 * With an `owner`, only while the bucket belongs to that account: the name may be somebody else's tomorrow.
 * An empty scope and a policy that STS would not take are refused; nothing is widened to make them fit.
 */
export function sessionPolicy(scope: LeaseScope, settings: ConnectionSettings, owner: string | undefined): string {
  if (scope.access.length === 0) throw accessError('aliyun.lease.empty', { message: 'A lease that allows nothing was asked for.' })
  if (!isLiteral(scope.location.prefix))
    throw accessError('aliyun.lease.wildcard', {
      message: 'The path of the location has characters that RAM policies read as wildcards, so no lease can be narrowed to it.',
    })
  const policy = compactJson({ Version: '1', Statement: statements(scope, settings, owner) })
  if (policy.length > SESSION_POLICY_LIMIT)
    throw accessError('aliyun.lease.policy_too_large', {
      message: `The session policy for ${scope.access.join(', ')} on this location has ${policy.length} characters; STS takes ${SESSION_POLICY_LIMIT}.`,
      context: { characters: policy.length, limit: SESSION_POLICY_LIMIT, splittable: scope.access.length > 1 },
    })
  return policy
}

function statements(scope: LeaseScope, settings: ConnectionSettings, owner: string | undefined): readonly JsonObject[] {
  const { location, access } = scope
  const bucket = `acs:oss:*:${owner ?? '*'}:${location.bucket}`
  const objects = objectActions(access, settings)
  return [
    ...(access.includes('list') ? [allow(['oss:ListObjects'], [bucket], listCondition(location))] : []),
    ...(objects.length > 0 ? [allow(objects, [`${bucket}/${location.prefix}${location.extent === 'object' ? '' : '*'}`])] : []),
    ...keyStatements(access, settings),
  ]
}

function objectActions(access: readonly Access[], settings: ConnectionSettings): readonly string[] {
  return [
    ...(access.includes('read') ? ['oss:GetObject', 'oss:GetObjectVersion'] : []),
    ...(access.includes('write') ? ['oss:PutObject', 'oss:AbortMultipartUpload', 'oss:ListParts'] : []),
    ...(access.includes('write') && settings.acl !== undefined ? ['oss:PutObjectAcl'] : []),
    ...(access.includes('delete') ? ['oss:DeleteObject', 'oss:DeleteObjectVersion'] : []),
  ]
}

function listCondition(location: Location): JsonObject | undefined {
  if (location.extent === 'bucket') return undefined
  if (location.extent === 'object') return { StringEquals: { 'oss:Prefix': location.prefix } }
  return { StringLike: { 'oss:Prefix': `${location.prefix}*` } }
}

/** Only keys that the connection names: RAM cannot tie the use of a key to OSS, and the keys of OSS itself ask nobody for permission. */
function keyStatements(access: readonly Access[], settings: ConnectionSettings): readonly JsonObject[] {
  const sent = settings.encryption?.keyId
  const writeKeys = [...(settings.kmsWriteKeys ?? []), ...(sent === undefined ? [] : [keyResource(sent)])]
  return [
    ...(access.includes('read') ? keyStatement(['kms:Decrypt'], settings.kmsReadKeys ?? []) : []),
    ...(access.includes('write') ? keyStatement(['kms:GenerateDataKey', 'kms:Decrypt'], writeKeys) : []),
  ]
}

/** A key as a policy names it; one that is known by its id alone may be in any region. */
function keyResource(keyId: string): string {
  return keyId.startsWith('acs:') ? keyId : `acs:kms:*:*:key/${keyId}`
}

function keyStatement(actions: readonly string[], keys: readonly string[]): readonly JsonObject[] {
  return keys.length === 0 ? [] : [allow(actions, [...new Set(keys)])]
}

function allow(actions: readonly string[], resources: readonly string[], condition?: JsonObject): JsonObject {
  return { Effect: 'Allow', Action: one(actions), Resource: one(resources), ...(condition === undefined ? {} : { Condition: condition }) }
}

/** RAM reads a list of one and its member alike; the member is shorter. */
function one(list: readonly string[]): string | readonly string[] {
  const [first] = list
  return first !== undefined && list.length === 1 ? first : list
}
