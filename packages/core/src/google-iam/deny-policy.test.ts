import { describe, expect, it } from 'vitest'
import { type DenyRule, isDenied } from './deny-policy.ts'
import type { GoogleIdentity } from './identity.ts'

const POOL = 'projects/123/locations/global/workloadIdentityPools/sluice'
const EVERYBODY = 'principalSet://goog/public:all'
const account: GoogleIdentity = { kind: 'service-account', email: 'loader@acme-data.iam.gserviceaccount.com' }
const principal: GoogleIdentity = { kind: 'federated', pool: POOL, subject: 'acme' }
const user: GoogleIdentity = { kind: 'user', email: 'admin@acme.example' }

function rule(change: Partial<DenyRule>): DenyRule {
  return { deniedPrincipals: [EVERYBODY], deniedPermissions: ['storage.googleapis.com/objects.get'], ...change }
}

describe('a rule of a deny policy', () => {
  it.each([
    ['everybody', EVERYBODY, account, true],
    ['an account', 'principal://iam.googleapis.com/projects/-/serviceAccounts/loader@acme-data.iam.gserviceaccount.com', account, true],
    [
      'another account',
      'principal://iam.googleapis.com/projects/-/serviceAccounts/other@acme-data.iam.gserviceaccount.com',
      account,
      false,
    ],
    ['a user', 'principal://goog/subject/Admin@acme.example', user, true],
    ['a user', 'principal://goog/subject/admin@acme.example', account, false],
    ['a subject of a pool', `principal://iam.googleapis.com/${POOL}/subject/acme`, principal, true],
    ['another subject', `principal://iam.googleapis.com/${POOL}/subject/other`, principal, false],
    ['all of a pool', `principalSet://iam.googleapis.com/${POOL}/*`, principal, true],
    ['a group', 'principalSet://goog/group/lake@acme.example', account, 'unknown'],
    ['a group', 'principalSet://goog/group/lake@acme.example', principal, false],
    ['accounts of a project', 'principalSet://cloudresourcemanager.googleapis.com/projects/123/type/ServiceAccount', account, 'unknown'],
  ] as const)('that names %s is %s', (_, named, identity, expected) => {
    expect(isDenied(rule({ deniedPrincipals: [named] }), identity, 'storage.objects.get')).toBe(expected)
  })

  it.each([
    ['storage.googleapis.com/objects.get', true],
    ['storage.googleapis.com/objects.*', true],
    ['storage.googleapis.com/*.*', true],
    ['storage.googleapis.com/*.get', true],
    ['storage.googleapis.com/objects.list', false],
    ['bigquery.googleapis.com/objects.get', false],
  ])('on %s: %s', (pattern, expected) => {
    expect(isDenied(rule({ deniedPermissions: [pattern] }), account, 'storage.objects.get')).toBe(expected)
  })

  it('lets its exceptions be', () => {
    const me = 'principal://iam.googleapis.com/projects/-/serviceAccounts/loader@acme-data.iam.gserviceaccount.com'
    expect(isDenied(rule({ exceptionPrincipals: [me] }), account, 'storage.objects.get')).toBe(false)
    expect(isDenied(rule({ exceptionPrincipals: [me] }), user, 'storage.objects.get')).toBe(true)
    expect(isDenied(rule({ exceptionPermissions: ['storage.googleapis.com/*.get'] }), account, 'storage.objects.get')).toBe(false)
  })

  it('under a condition on tags is not decided', () => {
    const denialCondition = { expression: "resource.matchTag('123/env', 'prod')" }
    expect(isDenied(rule({ denialCondition }), account, 'storage.objects.get')).toBe('unknown')
  })
})
