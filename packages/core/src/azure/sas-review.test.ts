import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACCESSES } from '../access.ts'
import { BLOB_OPERATIONS, type BlobOperation } from './blob-operations.ts'
import { sasAllows } from './sas-allows.ts'
import { reviewSas, type SasNeed } from './sas-review.ts'
import type { AccountSas, Sas, ServiceSas, UserDelegationSas } from './sas.ts'

const NOW = Date.UTC(2026, 0, 1)
const DAY = 24 * 60 * 60 * 1000

const account: AccountSas = {
  kind: 'account',
  version: '2022-11-02',
  permissions: 'rl',
  expiresAt: NOW + DAY,
  protocol: 'https',
  services: 'b',
  resourceTypes: 'co',
}
const service: ServiceSas = {
  kind: 'service',
  version: '2022-11-02',
  permissions: 'rl',
  expiresAt: NOW + DAY,
  protocol: 'https',
  resource: 'c',
}
const delegation: UserDelegationSas = {
  ...service,
  kind: 'user-delegation',
  permissions: 'rl',
  key: { objectId: 'o', tenantId: 't', startsAt: NOW - DAY, expiresAt: NOW + DAY },
}

const need = (more: Partial<SasNeed> = {}): SasNeed => ({ accesses: ['list', 'read'], oneBlob: false, now: NOW, ...more })
const findings = (sas: Sas, more: Partial<SasNeed> = {}) =>
  reviewSas(sas, need(more)).map(({ kind, severity, ...rest }) => `${severity} ${kind} ${Object.values(rest).flat().join(' ')}`.trim())

describe('a SAS that does what it is wanted for', () => {
  it('has nothing said of it', () => expect(findings(service)).toEqual([]))
  it('is said to be for the whole account where it is', () => expect(findings(account)).toEqual(['warns whole-account']))
  it('may be for the one blob that is wanted', () => {
    const blob: ServiceSas = { ...service, resource: 'b', permissions: 'r' }
    expect(findings(blob, { oneBlob: true, accesses: ['read'] })).toEqual([])
    expect(findings(blob, { accesses: ['read'] })).toEqual(['blocks resource-too-small b'])
    expect(findings({ ...blob, permissions: 'rl' }, { oneBlob: true })).toEqual(['blocks resource-too-small b'])
  })
})

describe('time', () => {
  it.each<[string, Partial<Sas>, readonly string[]]>([
    ['is over', { expiresAt: NOW }, [`blocks expired ${NOW}`]],
    ['is yet to come', { startsAt: NOW + 1 }, [`blocks not-yet-valid ${NOW + 1}`]],
    ['never comes', { startsAt: NOW + 2 * DAY }, [`blocks never-valid ${NOW + 2 * DAY} ${NOW + DAY}`]],
    ['is long', { expiresAt: NOW + 400 * DAY }, [`warns lives-long ${NOW + 400 * DAY}`]],
    ['is a year', { expiresAt: NOW + 365 * DAY }, []],
  ])('that %s', (_, change, expected) => {
    // Only the times of a service SAS are changed here.
    expect(findings({ ...service, ...change } as Sas)).toEqual(expected)
  })

  it('ends with the key that a SAS is signed with', () => {
    const key = (expiresAt: number): Sas => ({ ...delegation, key: { ...delegation.key, expiresAt } })
    expect(findings(key(NOW + DAY))).toEqual([])
    expect(findings(key(NOW + 1))).toEqual([`warns key-expired ${NOW + 1}`])
    expect(findings(key(NOW))).toEqual([`blocks key-expired ${NOW}`])
  })
})

describe('letters', () => {
  it('are missing by access', () => {
    expect(findings(service, { accesses: ['read', 'write', 'delete'] })).toEqual([
      'blocks letters-missing wd write delete',
      'warns letters-excess l',
    ])
  })

  it('that only create do not write', () => {
    expect(findings({ ...service, permissions: 'c' }, { accesses: ['write'] })).toEqual(['blocks letters-missing w write'])
    expect(findings({ ...service, permissions: 'racwdl' }, { accesses: ['write'] })).toEqual(['warns letters-excess rdl'])
  })

  it('beyond the need are in excess', () =>
    expect(findings({ ...service, permissions: 'racwdlx' })).toEqual(['warns letters-excess acwdx']))

  it('that stand in a stored policy cannot be seen', () => {
    const { permissions: _, ...bare } = service
    expect(findings({ ...bare, policy: 'p' })).toEqual(['warns stored-policy p'])
    expect(findings({ ...service, permissions: 'r', policy: 'p' })).toEqual(['warns stored-policy p', 'blocks letters-missing l list'])
  })
})

describe('reach', () => {
  it.each<[string, Partial<AccountSas>, readonly string[]]>([
    ['of other services alone', { services: 'qt' }, ['blocks service-missing qt', 'warns services-excess qt']],
    ['of more services', { services: 'bfqt' }, ['warns services-excess fqt']],
    ['of objects alone', { resourceTypes: 'o' }, ['blocks resource-types-missing c list']],
    ['of containers alone', { resourceTypes: 'c' }, ['blocks resource-types-missing o read']],
    ['of the service too', { resourceTypes: 'sco' }, ['warns resource-types-excess s']],
  ])('%s', (_, change, expected) => {
    expect(findings({ ...account, ...change })).toEqual(['warns whole-account', ...expected])
  })
})

describe('network', () => {
  const limited: Sas = { ...service, addresses: { first: '203.0.113.7', last: '203.0.113.7' } }
  it('may be http', () => expect(findings({ ...service, protocol: 'https,http' })).toEqual(['warns allows-http']))
  it('may keep us out', () => {
    expect(findings(limited, { admitted: 'none' })).toEqual(['blocks addresses 203.0.113.7 203.0.113.7'])
    expect(findings(limited, { admitted: 'some' })).toEqual(['warns addresses 203.0.113.7 203.0.113.7'])
    expect(findings(limited)).toEqual(['warns addresses 203.0.113.7 203.0.113.7'])
    expect(findings(limited, { admitted: 'all' })).toEqual([])
  })
})

describe('what a SAS allows', () => {
  it.each<[Sas, BlobOperation, string]>([
    [account, 'ListBlobs', 'allowed'],
    [account, 'GetContainerProperties', 'allowed'],
    [account, 'PutBlob', 'permission w'],
    [account, 'CreateBlob', 'permission cw'],
    [account, 'ListContainers', 'resource-type s'],
    [{ ...account, services: 'f' }, 'GetBlob', 'service b'],
    [{ ...account, resourceTypes: 'o' }, 'ListBlobs', 'resource-type c'],
    [account, 'GetUserDelegationKey', 'resource-type s'],
    [service, 'ListBlobs', 'allowed'],
    [service, 'GetContainerProperties', 'scope '],
    [service, 'GetAccountInformation', 'allowed'],
    [{ ...service, permissions: 'c' }, 'CreateBlob', 'allowed'],
    [{ ...service, permissions: 'c' }, 'PutBlock', 'permission w'],
    [{ ...service, resource: 'b' }, 'ListBlobs', 'scope l'],
    [{ ...service, resource: 'd', directoryDepth: 1 }, 'ListBlobs', 'allowed'],
    [{ ...delegation, permissions: 'd' }, 'DeleteBlob', 'allowed'],
    [{ ...delegation, permissions: 'd' }, 'DeleteBlobVersion', 'permission x'],
  ])('%o: %s', (sas, operation, expected) => {
    const verdict = sasAllows(sas, operation)
    expect(verdict.allowed ? 'allowed' : `${verdict.missing} ${verdict.letters}`).toBe(expected)
  })
})

describe('properties', () => {
  const LETTERS = Array.from('racwdxltf')
  const letters = fc.uniqueArray(fc.constantFrom(...LETTERS), { minLength: 1 }).map((list) => list.join(''))
  // Of every operation there is one name.
  const operations = fc.constantFrom(...(Object.keys(BLOB_OPERATIONS) as BlobOperation[]))
  const tokens = fc.record({
    permissions: letters,
    services: fc.constantFrom('b', 'bf', 'q'),
    resourceTypes: fc.constantFrom('c', 'o', 'co', 'sco'),
  })

  it('a letter more takes nothing away', () => {
    fc.assert(
      fc.property(tokens, operations, fc.constantFrom(...LETTERS), (fields, operation, letter) => {
        const sas = { ...account, ...fields }
        if (sasAllows(sas, operation).allowed)
          expect(sasAllows({ ...sas, permissions: sas.permissions + letter }, operation).allowed).toBe(true)
      }),
    )
  })

  it('what has nothing blocking allows every access it is wanted for', () => {
    const wants = { list: 'ListBlobs', read: 'GetBlob', write: 'PutBlock', delete: 'DeleteBlob' } as const
    fc.assert(
      fc.property(tokens, fc.uniqueArray(fc.constantFrom(...ACCESSES), { minLength: 1 }), (fields, accesses) => {
        const sas = { ...account, ...fields }
        const isBlocked = reviewSas(sas, need({ accesses })).some(({ severity }) => severity === 'blocks')
        expect(accesses.every((access) => sasAllows(sas, wants[access]).allowed)).toBe(!isBlocked)
      }),
    )
  })

  it('what is without its excess letters still allows all that is wanted', () => {
    fc.assert(
      fc.property(letters, fc.uniqueArray(fc.constantFrom(...ACCESSES), { minLength: 1 }), (permissions, accesses) => {
        const sas = { ...service, permissions }
        const review = reviewSas(sas, need({ accesses }))
        const excess = review.flatMap((finding) => (finding.kind === 'letters-excess' ? [finding.letters] : [])).join('')
        const narrowed = Array.from(permissions)
          .filter((letter) => !excess.includes(letter))
          .join('')
        const blocked = (all: readonly { readonly severity: string }[]): boolean => all.some(({ severity }) => severity === 'blocks')
        expect(blocked(reviewSas({ ...sas, permissions: narrowed }, need({ accesses })))).toBe(blocked(review))
      }),
    )
  })
})
