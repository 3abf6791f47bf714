import { expect, it } from 'vitest'
import { presentPolicy } from '../state/principals.ts'
import { issuers } from '../../oidc/issuers.ts'
import { emptyState } from '../state/state.ts'
import { identityAdmin } from './identities.ts'
import { loadSeed, type LabSeed } from './seed.ts'
import { storageAdmin } from './storage.ts'

function load(seed: LabSeed) {
  const state = emptyState(
    { now: () => 0, sleep: async () => {} },
    { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), fraction: () => 0 },
    issuers(),
  )
  const admin = { ...identityAdmin(state), ...storageAdmin(state) }
  loadSeed(state, admin, seed)
  return { state, admin }
}

const PLATFORM_ROLE = 'arn:aws:iam::123456789012:role/xxxxxxx/tnabcdefg/xxxxxxx-tnabcdefg'
const trust = (arn: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:AssumeRole' }],
})

// The customer comes first, so that its trust policy names a role that is not there yet.
const SEED: LabSeed = {
  accounts: [
    {
      id: '987654321987',
      name: 'customer',
      users: [
        {
          name: 'admin',
          attached: ['arn:aws:iam::aws:policy/AdministratorAccess'],
          accessKeys: [{ id: 'AKIAEXAMPLE', secret: 'example' }],
        },
      ],
      roles: [{ name: 'lake-test', trust: trust(PLATFORM_ROLE) }],
      keys: [{ region: 'us-west-2', id: 'k1', alias: 'alias/data' }],
      buckets: [
        {
          name: 'test-bucket-123',
          region: 'us-west-2',
          versioning: 'Enabled',
          encryption: { algorithm: 'aws:kms', kmsKeyArn: 'arn:aws:kms:us-west-2:987654321987:key/k1' },
          objects: [
            { key: 'text', text: 'hello', contentType: 'text/plain' },
            { key: 'base64', base64: 'aGVsbG8=' },
            { key: 'file', file: import.meta.filename },
          ],
        },
      ],
    },
    { id: '123456789012', roles: [{ name: 'xxxxxxx-tnabcdefg', path: '/xxxxxxx/tnabcdefg/', trust: trust('123456789012') }] },
  ],
}

it('makes everything a seed describes, from JSON as well', async () => {
  const { state, admin } = load(JSON.parse(JSON.stringify(SEED)))
  expect(state.accounts.get('987654321987')?.accessKeys.get('AKIAEXAMPLE')).toMatchObject({ userName: 'admin' })
  expect(Buffer.from((await admin.getObject('test-bucket-123', 'base64')) ?? []).toString()).toBe('hello')
  expect(Buffer.from((await admin.getObject('test-bucket-123', 'file')) ?? []).toString()).toContain('from JSON as well')
  expect(state.buckets.get('test-bucket-123')?.objects.current('text')).toMatchObject({
    headers: { 'content-type': 'text/plain' },
    encryption: { kmsKeyArn: 'arn:aws:kms:us-west-2:987654321987:key/k1' },
  })
})

it('binds a trust policy to a role that comes later in the seed', () => {
  const { state, admin } = load(SEED)
  const stored = state.accounts.get('987654321987')?.roles.latest('lake-test')?.trust
  const before = admin.getRole(PLATFORM_ROLE)?.id
  admin.deleteRole(PLATFORM_ROLE)
  expect(stored && presentPolicy(state, stored)).toMatchObject({ Statement: [{ Principal: { AWS: before } }] })
})

it('refuses settings and policies that AWS does not have', () => {
  const bucket = (settings: object): LabSeed =>
    JSON.parse(JSON.stringify({ accounts: [{ id: '987654321987', buckets: [{ name: 'b', region: 'us-east-1', ...settings }] }] }))
  expect(() => load(bucket({ ownership: 'Mine' }))).toThrow('Bucket b cannot have ownership = "Mine"')
  expect(() => load(bucket({ lifecycle: [] }))).toThrow('Bucket b cannot have lifecycle')
  expect(() => load(bucket({ policy: { Statement: 'x' } }))).toThrow('Statement')
  expect(() => load({ accounts: [{ id: '12' }] })).toThrow('twelve digits')
})
