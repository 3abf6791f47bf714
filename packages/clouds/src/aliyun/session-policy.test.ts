import { type Access, type JsonObject, type LeaseScope, type Location, compileRam, evaluateRam } from '@sluice/core'
import { expect, it } from 'vitest'
import { sessionPolicy } from './session-policy.ts'

const OWNER = '9876543210987654'
const folder: Location = { cloud: 'aliyun', bucket: 'b-b', prefix: 'data/', extent: 'folder' }
const key = `acs:kms:cn-beijing:${OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const EVERYTHING: JsonObject = { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

function policyFor(scope: LeaseScope, settings = {}, owner?: string): JsonObject {
  const parsed: unknown = JSON.parse(sessionPolicy(scope, settings, owner))
  if (typeof parsed !== 'object' || parsed === null) throw new Error('not a policy')
  return { ...parsed }
}

/** Whether a role that may do everything may still do this in a session with the policy. */
function allows(policy: JsonObject, action: string, resource: string, context: { readonly [key: string]: string } = {}): boolean {
  return evaluateRam({
    principal: { kind: 'role-session', accountId: OWNER, roleName: 'r', sessionName: 's' },
    action,
    resource,
    resourceAccount: resource.split(':')[3] ?? OWNER,
    context,
    rule: action.startsWith('kms:') ? 'none' : 'bucket',
    policies: {
      identity: [compileRam({ name: 'all', document: EVERYTHING }, 'identity')],
      session: compileRam({ name: 'session', document: policy }, 'identity'),
    },
  }).allowed
}

const at = (path: string, owner = OWNER) => `acs:oss:oss-cn-beijing:${owner}:${path}`

it('allows what was asked for under the prefix and nothing beside it', () => {
  const read = policyFor({ location: folder, access: ['list', 'read'] })
  expect(allows(read, 'oss:GetObject', at('b-b/data/x'))).toBe(true)
  expect(allows(read, 'oss:GetObjectVersion', at('b-b/data/x'))).toBe(true)
  expect(allows(read, 'oss:ListObjects', at('b-b'), { 'oss:Prefix': 'data/' })).toBe(true)
  expect(allows(read, 'oss:ListObjects', at('b-b'), { 'oss:Prefix': 'data/sub/' })).toBe(true)
  expect(allows(read, 'oss:ListObjects', at('b-b'), { 'oss:Prefix': 'data' })).toBe(false)
  expect(allows(read, 'oss:ListObjects', at('b-b'))).toBe(false)
  expect(allows(read, 'oss:GetObject', at('b-b/data-2/x'))).toBe(false)
  expect(allows(read, 'oss:GetObject', at('b-c/data/x'))).toBe(false)
  for (const action of ['oss:PutObject', 'oss:DeleteObject', 'oss:GetObjectAcl', 'oss:PutBucketPolicy', 'ram:CreateUser'])
    expect(allows(read, action, at('b-b/data/x')), action).toBe(false)
})

it('allows one object alone where the location is one', () => {
  const policy = policyFor({ location: { ...folder, prefix: 'data/f', extent: 'object' }, access: ['list', 'read', 'write', 'delete'] })
  for (const action of ['oss:GetObject', 'oss:PutObject', 'oss:DeleteObject', 'oss:AbortMultipartUpload']) {
    expect(allows(policy, action, at('b-b/data/f'))).toBe(true)
    expect(allows(policy, action, at('b-b/data/f.bak'))).toBe(false)
  }
  expect(allows(policy, 'oss:ListObjects', at('b-b'), { 'oss:Prefix': 'data/f' })).toBe(true)
  expect(allows(policy, 'oss:ListObjects', at('b-b'), { 'oss:Prefix': 'data/' })).toBe(false)
})

it('reaches the bucket only while it belongs to the account that is expected', () => {
  const policy = policyFor({ location: folder, access: ['list', 'read'] }, {}, OWNER)
  expect(allows(policy, 'oss:GetObject', at('b-b/data/x'))).toBe(true)
  expect(allows(policy, 'oss:GetObject', at('b-b/data/x', '1111111111111111'))).toBe(false)
  expect(allows(policy, 'oss:ListObjects', at('b-b', '1111111111111111'), { 'oss:Prefix': 'data/' })).toBe(false)
})

it('refuses a path that RAM would read as a wildcard', () => {
  for (const prefix of ['a*/', 'a?/', 'a${oss:Prefix}/'])
    expect(() => sessionPolicy({ location: { ...folder, prefix }, access: ['read'] }, {}, undefined), prefix).toThrowError(
      expect.objectContaining({ reason: 'aliyun.lease.wildcard' }),
    )
})

it('lets only those keys of KMS be used that the connection names, for the direction they are named for', () => {
  const reading = policyFor({ location: folder, access: ['read'] }, { kmsReadKeys: [key] })
  expect(allows(reading, 'kms:Decrypt', key)).toBe(true)
  expect(allows(reading, 'kms:GenerateDataKey', key)).toBe(false)
  expect(allows(reading, 'kms:Decrypt', `${key}0`)).toBe(false)
  expect(allows(policyFor({ location: folder, access: ['read'] }), 'kms:Decrypt', key)).toBe(false)
  expect(allows(policyFor({ location: folder, access: ['list'] }, { kmsReadKeys: [key] }), 'kms:Decrypt', key)).toBe(false)
  const writing = { location: folder, access: ['write'] } satisfies LeaseScope
  expect(allows(policyFor(writing, { kmsWriteKeys: [key] }), 'kms:GenerateDataKey', key)).toBe(true)
  const sent = policyFor(writing, { encryption: { algorithm: 'aws:kms', keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' } })
  expect(allows(sent, 'kms:GenerateDataKey', key)).toBe(true)
  expect(allows(sent, 'kms:GenerateDataKey', `${key}0`)).toBe(false)
})

it('sends an ACL only where the connection does', () => {
  const scope = { location: folder, access: ['write'] } satisfies LeaseScope
  expect(allows(policyFor(scope), 'oss:PutObjectAcl', at('b-b/data/x'))).toBe(false)
  expect(allows(policyFor(scope, { acl: 'private' }), 'oss:PutObjectAcl', at('b-b/data/x'))).toBe(true)
})

it('refuses an empty scope: an empty policy would not narrow at all', () => {
  expect(() => sessionPolicy({ location: folder, access: [] }, {}, undefined)).toThrowError(
    expect.objectContaining({ reason: 'aliyun.lease.empty' }),
  )
})

it('refuses what STS would not take, saying whether one access at a time would fit', () => {
  const refused = (splittable: boolean) =>
    expect.objectContaining({ reason: 'aliyun.lease.policy_too_large', context: expect.objectContaining({ splittable }) })
  const long = { ...folder, prefix: `${'a'.repeat(950)}/` }
  expect(() => sessionPolicy({ location: long, access: ['list', 'read'] }, {}, undefined)).toThrowError(refused(true))
  for (const access of ['list', 'read', 'write', 'delete'] satisfies Access[])
    expect(() => sessionPolicy({ location: long, access: [access] }, {}, undefined)).not.toThrow()
  // Six characters each, once in ASCII.
  const wide = { ...folder, prefix: `${'数'.repeat(340)}/` }
  expect(() => sessionPolicy({ location: wide, access: ['read'] }, {}, undefined)).toThrowError(refused(false))
})
