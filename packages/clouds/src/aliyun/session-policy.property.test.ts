import {
  ACCESSES,
  type Access,
  type ConnectionSettings,
  type JsonObject,
  type Location,
  compileRam,
  covers,
  evaluateRam,
} from '@sluice/core'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isLiteral } from './policy-text.ts'
import { SESSION_POLICY_LIMIT, sessionPolicy } from './session-policy.ts'

const OWNER = '9876543210987654'
const keyArn = (id: number) => `acs:kms:cn-beijing:${OWNER}:key/0000000${id}-12ab-34cd-56ef-1234567890ab`

/** What each access comes to, written a second time: the policy is held to this table, not to its own. */
const OBJECT_ACTIONS: { readonly [action: string]: Access } = {
  'oss:GetObject': 'read',
  'oss:GetObjectVersion': 'read',
  'oss:PutObject': 'write',
  'oss:AbortMultipartUpload': 'write',
  'oss:ListParts': 'write',
  'oss:DeleteObject': 'delete',
  'oss:DeleteObjectVersion': 'delete',
}

/** What no lease ever allows, whatever the role may do. */
const NEVER = [
  'oss:GetObjectAcl',
  'oss:PutObjectTagging',
  'oss:RestoreObject',
  'oss:GetBucketPolicy',
  'oss:PutBucketPolicy',
  'oss:GetBucketInfo',
  'oss:ListObjectVersions',
  'oss:ListMultipartUploads',
  'oss:DeleteBucket',
  'oss:ListBuckets',
  'kms:Encrypt',
  'kms:ScheduleKeyDeletion',
  'sts:AssumeRole',
  'ram:CreateUser',
]

const ALL = compileRam(
  { name: 'all', document: { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } },
  'identity',
)

function allows(policy: JsonObject, action: string, resource: string, context: { readonly [key: string]: string } = {}): boolean {
  return evaluateRam({
    principal: { kind: 'role-session', accountId: OWNER, roleName: 'r', sessionName: 's' },
    action,
    resource,
    resourceAccount: OWNER,
    context,
    rule: resource.startsWith('acs:kms:') ? 'none' : 'bucket',
    policies: { identity: [ALL], session: compileRam({ name: 'session', document: policy }, 'identity') },
  }).allowed
}

function policyFor(location: Location, access: readonly Access[], settings: ConnectionSettings, owner?: string): JsonObject {
  const text = sessionPolicy({ location, access }, settings, owner)
  // One byte each, so that STS counts as we do.
  expect(text).toMatch(/^[\u0020-\u007e]+$/)
  expect(text.length).toBeLessThanOrEqual(SESSION_POLICY_LIMIT)
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null) throw new Error('not a policy')
  return { ...parsed }
}

/** Characters and pieces that mean something to a policy, to JSON or to a path; few, so that keys often share a prefix. */
const piece = fc.constantFrom(
  'a',
  'A',
  ' ',
  '/',
  '*',
  '?',
  '$',
  '{',
  '}',
  '${*}',
  '${acs:username}',
  '"',
  "'",
  '\\',
  '%2a',
  'é',
  '数',
  '😀',
)
const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
const bucket = fc.constantFrom('lake', 'lake-2', 'a-lake')

const location: fc.Arbitrary<Location> = fc
  .record({ bucket, extent: fc.constantFrom('bucket', 'folder', 'object'), path: text.filter(isLiteral) })
  .map(({ bucket, extent, path }): Location => {
    const prefix = extent === 'bucket' ? '' : extent === 'folder' ? `${path}/` : path || 'x'
    return { cloud: 'aliyun', bucket, prefix, extent }
  })

/** A key inside the location, beside it, or anywhere. */
function keyNear(prefix: string): fc.Arbitrary<string> {
  return fc.oneof(
    text.map((rest) => prefix + rest),
    text.map((rest) => prefix.slice(0, -1) + rest),
    text.map((rest) => prefix.toUpperCase() + rest),
    text,
  )
}

const scope = fc.record({ location, access: fc.subarray([...ACCESSES], { minLength: 1 }) })
const request = scope.chain(({ location, access }) => fc.tuple(fc.constant({ location, access }), keyNear(location.prefix), bucket))

it('allows every action on an object exactly where the scope covers it, and no other action', () => {
  fc.assert(
    fc.property(
      request,
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(...NEVER),
      ([{ location, access }, key, bucket], setsAcl, isOwned, other) => {
        fc.pre(key !== '')
        const policy = policyFor(location, access, setsAcl ? { acl: 'private' } : {}, isOwned ? OWNER : undefined)
        const inside = bucket === location.bucket && covers(location, key)
        const resource = `acs:oss:oss-cn-beijing:${OWNER}:${bucket}/${key}`
        for (const [action, needed] of Object.entries(OBJECT_ACTIONS))
          expect(allows(policy, action, resource), `${action} ${resource}`).toBe(inside && access.includes(needed))
        expect(allows(policy, 'oss:PutObjectAcl', resource)).toBe(inside && setsAcl && access.includes('write'))
        for (const target of [resource, `acs:oss:oss-cn-beijing:${OWNER}:${bucket}`, keyArn(1)])
          expect(allows(policy, other, target), `${other} ${target}`).toBe(false)
        if (isOwned)
          for (const action of Object.keys(OBJECT_ACTIONS))
            expect(allows(policy, action, resource.replace(OWNER, '1111111111111111'))).toBe(false)
      },
    ),
    { numRuns: 200 },
  )
})

it('allows listing exactly under the prefix, whatever delimiter, and never without one', () => {
  fc.assert(
    fc.property(
      request,
      fc.constantFrom({}, { 'oss:Delimiter': '/' }, { 'oss:Delimiter': 'a' }),
      ([{ location, access }, prefix, bucket], more) => {
        const policy = policyFor(location, access, {})
        const mayList = bucket === location.bucket && access.includes('list')
        const under = location.extent === 'object' ? prefix === location.prefix : prefix.startsWith(location.prefix)
        const resource = `acs:oss:oss-cn-beijing:${OWNER}:${bucket}`
        expect(allows(policy, 'oss:ListObjects', resource, { 'oss:Prefix': prefix, ...more })).toBe(mayList && under)
        expect(allows(policy, 'oss:ListObjects', resource, more)).toBe(mayList && location.extent === 'bucket')
        expect(allows(policy, 'oss:ListObjects', `${resource}/${prefix}`, { 'oss:Prefix': location.prefix })).toBe(false)
      },
    ),
    { numRuns: 200 },
  )
})

it('allows only keys that are named for the direction, and only where the direction is asked for', () => {
  const keys = fc.subarray([keyArn(1), keyArn(2)])
  fc.assert(
    fc.property(scope, keys, keys, fc.constantFrom(keyArn(1), keyArn(2), keyArn(3)), ({ location, access }, reads, writes, key) => {
      const policy = policyFor(location, access, { kmsReadKeys: reads, kmsWriteKeys: writes })
      const reading = access.includes('read') && reads.includes(key)
      const writing = access.includes('write') && writes.includes(key)
      expect(allows(policy, 'kms:Decrypt', key)).toBe(reading || writing)
      expect(allows(policy, 'kms:GenerateDataKey', key)).toBe(writing)
    }),
  )
})
