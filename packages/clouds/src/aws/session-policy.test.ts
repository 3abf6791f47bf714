import { type Access, type JsonObject, type LeaseScope, type Location, evaluate } from '@sluice/core'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { sessionPolicy } from './session-policy.ts'

const folder: Location = { cloud: 'aws', bucket: 'b-b', prefix: 'data/', extent: 'folder' }
const key = 'arn:aws:kms:us-west-2:987654321987:key/1234abcd-12ab-34cd-56ef-1234567890ab'

function policyFor(scope: LeaseScope, settings = {}): JsonObject {
  const parsed: unknown = JSON.parse(sessionPolicy(scope, settings, 'aws'))
  if (typeof parsed !== 'object' || parsed === null) throw new Error('not a policy')
  return { ...parsed }
}

/** Whether a role that may do everything may still do this in a session with the policy. */
function allows(policy: JsonObject, action: string, resource: string, context: { readonly [key: string]: string } = {}): boolean {
  const everything: JsonObject = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
  return evaluate({
    principal: { kind: 'role-session', roleArn: 'arn:aws:iam::987654321987:role/r', sessionName: 's' },
    action,
    resource,
    resourceAccount: '987654321987',
    context,
    policies: { identity: [{ name: 'all', document: everything }], session: [{ name: 'session', document: policy }] },
  }).allowed
}

it('allows what was asked for under the prefix and nothing beside it', () => {
  const read = policyFor({ location: folder, access: ['list', 'read'] })
  expect(allows(read, 's3:GetObject', 'arn:aws:s3:::b-b/data/x')).toBe(true)
  expect(allows(read, 's3:ListBucket', 'arn:aws:s3:::b-b', { 's3:prefix': 'data/' })).toBe(true)
  expect(allows(read, 's3:ListBucket', 'arn:aws:s3:::b-b', { 's3:prefix': 'data/sub/' })).toBe(true)
  expect(allows(read, 's3:ListBucket', 'arn:aws:s3:::b-b', { 's3:prefix': 'data' })).toBe(false)
  expect(allows(read, 's3:ListBucket', 'arn:aws:s3:::b-b')).toBe(false)
  expect(allows(read, 's3:GetObject', 'arn:aws:s3:::b-b/data-2/x')).toBe(false)
  expect(allows(read, 's3:GetObject', 'arn:aws:s3:::b-c/data/x')).toBe(false)
  for (const action of ['s3:PutObject', 's3:DeleteObject', 's3:GetObjectAcl', 's3:PutBucketPolicy', 'iam:CreateUser'])
    expect(allows(read, action, 'arn:aws:s3:::b-b/data/x'), action).toBe(false)
})

it('allows one object alone where the location is one', () => {
  const policy = policyFor({ location: { ...folder, prefix: 'data/f', extent: 'object' }, access: ['list', 'read', 'write', 'delete'] })
  for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload']) {
    expect(allows(policy, action, 'arn:aws:s3:::b-b/data/f')).toBe(true)
    expect(allows(policy, action, 'arn:aws:s3:::b-b/data/f.bak')).toBe(false)
  }
  expect(allows(policy, 's3:ListBucket', 'arn:aws:s3:::b-b', { 's3:prefix': 'data/f' })).toBe(true)
  expect(allows(policy, 's3:ListBucket', 'arn:aws:s3:::b-b', { 's3:prefix': 'data/' })).toBe(false)
})

it('takes wildcards and variables in a prefix literally', () => {
  const path = fc
    .array(fc.constantFrom('a', '*', '?', '$', '${*}', '${aws:username}', '/'), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(path, path, (prefix, other) => {
      const policy = policyFor({ location: { ...folder, prefix: `${prefix}/` }, access: ['list', 'read'] })
      expect(allows(policy, 's3:GetObject', `arn:aws:s3:::b-b/${prefix}/x`)).toBe(true)
      expect(allows(policy, 's3:GetObject', `arn:aws:s3:::b-b/${other}/x`)).toBe(`${other}/x`.startsWith(`${prefix}/`))
      expect(allows(policy, 's3:ListBucket', 'arn:aws:s3:::b-b', { 's3:prefix': `${other}/` })).toBe(`${other}/`.startsWith(`${prefix}/`))
    }),
  )
})

it('lets KMS be used through S3 alone, and only the keys the connection names', () => {
  const named = policyFor({ location: folder, access: ['read'] }, { kmsReadKeys: [key] })
  const viaS3 = { 'kms:ViaService': 's3.us-west-2.amazonaws.com' }
  expect(allows(named, 'kms:Decrypt', key, viaS3)).toBe(true)
  expect(allows(named, 'kms:Decrypt', key)).toBe(false)
  expect(allows(named, 'kms:Decrypt', key, { 'kms:ViaService': 'rds.us-west-2.amazonaws.com' })).toBe(false)
  expect(allows(named, 'kms:Decrypt', key.replace('1234abcd', '00000000'), viaS3)).toBe(false)
  expect(allows(named, 'kms:GenerateDataKey', key, viaS3)).toBe(false)
  expect(allows(policyFor({ location: folder, access: ['read'] }), 'kms:Decrypt', key, viaS3)).toBe(true)
  expect(allows(policyFor({ location: folder, access: ['list'] }), 'kms:Decrypt', key, viaS3)).toBe(false)
  expect(allows(policyFor({ location: folder, access: ['write'] }, { kmsWriteKeys: [key] }), 'kms:GenerateDataKey', key, viaS3)).toBe(true)
})

it('sends an ACL only where the connection does', () => {
  expect(allows(policyFor({ location: folder, access: ['write'] }), 's3:PutObjectAcl', 'arn:aws:s3:::b-b/data/x')).toBe(false)
  expect(
    allows(
      policyFor({ location: folder, access: ['write'] }, { acl: 'bucket-owner-full-control' }),
      's3:PutObjectAcl',
      'arn:aws:s3:::b-b/data/x',
    ),
  ).toBe(true)
})

it('refuses an empty scope: an empty policy would not narrow at all', () => {
  expect(() => sessionPolicy({ location: folder, access: [] }, {}, 'aws')).toThrowError(
    expect.objectContaining({ reason: 'aws.lease.empty' }),
  )
})

it('refuses what STS would not take, saying whether one access at a time would fit', () => {
  const long = { ...folder, prefix: `${'a'.repeat(1_000)}/` }
  const refused = (splittable: boolean) =>
    expect.objectContaining({ reason: 'aws.lease.policy_too_large', context: expect.objectContaining({ splittable }) })
  expect(() => sessionPolicy({ location: long, access: ['list', 'read'] }, {}, 'aws')).toThrowError(refused(true))
  for (const access of ['list', 'read', 'write', 'delete'] satisfies Access[])
    expect(() => sessionPolicy({ location: long, access: [access] }, {}, 'aws')).not.toThrow()
  const escaped = { ...folder, prefix: `${'*'.repeat(1_000)}/` }
  expect(() => sessionPolicy({ location: escaped, access: ['read'] }, {}, 'aws')).toThrowError(refused(false))
})

it('names the partition of the role', () => {
  expect(sessionPolicy({ location: folder, access: ['read'] }, {}, 'aws-cn')).toContain('arn:aws-cn:s3:::b-b/data/*')
})
