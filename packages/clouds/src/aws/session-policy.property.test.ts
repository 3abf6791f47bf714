import { ACCESSES, type Access, type ConnectionSettings, type JsonObject, type Location, covers, evaluate } from '@sluice/core'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { sessionPolicy } from './session-policy.ts'

const ACCOUNT = '987654321987'
const keyArn = (id: number) => `arn:aws:kms:us-west-2:${ACCOUNT}:key/0000000${id}-12ab-34cd-56ef-1234567890ab`
const VIA_S3 = { 'kms:ViaService': 's3.us-west-2.amazonaws.com' }

/** What each access comes to, written a second time: the policy is held to this table, not to its own. */
const OBJECT_ACTIONS: { readonly [action: string]: Access } = {
  's3:GetObject': 'read',
  's3:GetObjectVersion': 'read',
  's3:PutObject': 'write',
  's3:AbortMultipartUpload': 'write',
  's3:ListMultipartUploadParts': 'write',
  's3:DeleteObject': 'delete',
  's3:DeleteObjectVersion': 'delete',
}

/** What no lease ever allows, whatever the role may do. */
const NEVER = [
  's3:GetObjectAcl',
  's3:PutObjectTagging',
  's3:BypassGovernanceRetention',
  's3:RestoreObject',
  's3:ReplicateObject',
  's3:GetBucketPolicy',
  's3:PutBucketPolicy',
  's3:ListBucketVersions',
  's3:ListBucketMultipartUploads',
  's3:DeleteBucket',
  's3:ListAllMyBuckets',
  'kms:ReEncryptFrom',
  'kms:CreateGrant',
  'kms:Encrypt',
  'sts:AssumeRole',
  'iam:CreateUser',
]

const EVERYTHING: JsonObject = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

function allows(policy: JsonObject, action: string, resource: string, context: { readonly [key: string]: string } = {}): boolean {
  return evaluate({
    principal: { kind: 'role-session', roleArn: `arn:aws:iam::${ACCOUNT}:role/r`, sessionName: 's' },
    action,
    resource,
    resourceAccount: ACCOUNT,
    context,
    policies: { identity: [{ name: 'all', document: EVERYTHING }], session: [{ name: 'session', document: policy }] },
  }).allowed
}

function policyFor(location: Location, access: readonly Access[], settings: ConnectionSettings): JsonObject {
  const text = sessionPolicy({ location, access }, settings, 'aws')
  // STS takes nothing beyond U+00FF. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  expect(text).toMatch(/^[\u0020-\u00ff]+$/)
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
  '${$}',
  '${aws:username}',
  '"',
  "'",
  '\\',
  '%2a',
  'é',
  '数',
  '😀',
)
const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
const bucket = fc.constantFrom('lake', 'lake-2', 'lake.2', 'a.lake')

const location: fc.Arbitrary<Location> = fc
  .record({ bucket, extent: fc.constantFrom('bucket', 'folder', 'object'), path: text })
  .map(({ bucket, extent, path }): Location => {
    const prefix = extent === 'bucket' ? '' : extent === 'folder' ? `${path}/` : path || 'x'
    return { cloud: 'aws', bucket, prefix, extent }
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

it('allows every action on an object exactly where the scope covers it, and no other action', () => {
  const request = scope.chain(({ location, access }) => fc.tuple(fc.constant({ location, access }), keyNear(location.prefix), bucket))
  fc.assert(
    fc.property(request, fc.boolean(), fc.constantFrom(...NEVER), ([{ location, access }, key, bucket], setsAcl, other) => {
      fc.pre(key !== '')
      const policy = policyFor(location, access, setsAcl ? { acl: 'bucket-owner-full-control' } : {})
      const inside = bucket === location.bucket && covers(location, key)
      const resource = `arn:aws:s3:::${bucket}/${key}`
      for (const [action, needed] of Object.entries(OBJECT_ACTIONS))
        expect(allows(policy, action, resource), `${action} ${resource}`).toBe(inside && access.includes(needed))
      expect(allows(policy, 's3:PutObjectAcl', resource)).toBe(inside && setsAcl && access.includes('write'))
      for (const target of [resource, `arn:aws:s3:::${bucket}`, keyArn(1)])
        expect(allows(policy, other, target, VIA_S3), `${other} ${target}`).toBe(false)
    }),
    { numRuns: 200 },
  )
})

it('allows listing exactly under the prefix, whatever delimiter, and never without one', () => {
  const request = scope.chain(({ location, access }) => fc.tuple(fc.constant({ location, access }), keyNear(location.prefix), bucket))
  fc.assert(
    fc.property(
      request,
      fc.constantFrom({}, { 's3:delimiter': '/' }, { 's3:delimiter': 'a' }),
      ([{ location, access }, prefix, bucket], more) => {
        const policy = policyFor(location, access, {})
        const mayList = bucket === location.bucket && access.includes('list')
        const under = location.extent === 'object' ? prefix === location.prefix : prefix.startsWith(location.prefix)
        const resource = `arn:aws:s3:::${bucket}`
        expect(allows(policy, 's3:ListBucket', resource, { 's3:prefix': prefix, ...more })).toBe(mayList && under)
        expect(allows(policy, 's3:ListBucket', resource, more)).toBe(mayList && location.extent === 'bucket')
        expect(allows(policy, 's3:ListBucket', `${resource}/${prefix}`, { 's3:prefix': location.prefix })).toBe(false)
      },
    ),
    { numRuns: 200 },
  )
})

it('allows keys only through S3, only those named for the direction, and only where the direction is asked for', () => {
  const keys = fc.subarray([keyArn(1), keyArn(2)])
  fc.assert(
    fc.property(scope, keys, keys, fc.constantFrom(keyArn(1), keyArn(2), keyArn(3)), ({ location, access }, reads, writes, key) => {
      const policy = policyFor(location, access, { kmsReadKeys: reads, kmsWriteKeys: writes })
      const named = (list: readonly string[]) => list.length === 0 || list.includes(key)
      const reading = access.includes('read') && named(reads)
      const writing = access.includes('write') && named(writes)
      expect(allows(policy, 'kms:Decrypt', key, VIA_S3)).toBe(reading || writing)
      expect(allows(policy, 'kms:GenerateDataKey', key, VIA_S3)).toBe(writing)
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
        expect(allows(policy, action, key)).toBe(false)
        expect(allows(policy, action, key, { 'kms:ViaService': 'ec2.us-west-2.amazonaws.com' })).toBe(false)
      }
    }),
  )
})
