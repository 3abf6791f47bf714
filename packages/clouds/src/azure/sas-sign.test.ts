import {
  BlobSASPermissions,
  ContainerSASPermissions,
  SASProtocol,
  StorageSharedKeyCredential,
  generateBlobSASQueryParameters,
} from '@azure/storage-blob'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { HOSTILE_KEYS } from '@sluice/conformance'
import { type DelegationKey, type SasGrant, sasTime, signDelegationSas, signServiceSas } from './sas-sign.ts'

const ACCOUNT_KEY = Buffer.from('an account key of no account, sixty-four bytes long, as they are').toString('base64')

const key = (now: number): DelegationKey => ({
  objectId: '11111111-2222-4333-8444-555555555555',
  tenantId: '66666666-7777-4888-8999-aaaaaaaaaaaa',
  start: sasTime(now),
  expiry: sasTime(now + 7_200_000),
  service: 'b',
  version: '2025-11-05',
  value: Buffer.from('a delegation key').toString('base64'),
  expiresAt: now + 7_200_000,
})

const TIME = fc.integer({ min: Date.UTC(2026, 0, 1) / 1_000, max: Date.UTC(2030, 0, 1) / 1_000 }).map((seconds) => seconds * 1_000)
const NAME = fc.oneof(
  fc.constantFrom(...HOSTILE_KEYS),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((name) => !/^\/|\/$/.test(name)),
)

/** What Azure's own client makes of the same wish, by the same version. */
function expected(grant: SasGrant, sign: 'account' | DelegationKey): { readonly [name: string]: string } {
  const { target } = grant
  const values = {
    containerName: grant.container,
    version: target.kind === 'directory' ? '2026-06-06' : '2025-11-05',
    expiresOn: new Date(grant.expiresAt),
    protocol: SASProtocol.Https,
    ...(target.kind === 'container'
      ? { permissions: ContainerSASPermissions.parse(grant.permissions) }
      : {
          permissions: BlobSASPermissions.parse(grant.permissions),
          blobName: target.kind === 'blob' ? target.name : target.path,
          ...(target.kind === 'directory' ? { isDirectory: true } : {}),
        }),
  }
  const made =
    sign === 'account'
      ? generateBlobSASQueryParameters(values, new StorageSharedKeyCredential(grant.account, ACCOUNT_KEY))
      : generateBlobSASQueryParameters(
          values,
          {
            signedObjectId: sign.objectId,
            signedTenantId: sign.tenantId,
            signedStartsOn: new Date(sign.start),
            signedExpiresOn: new Date(sign.expiry),
            signedService: sign.service,
            signedVersion: sign.version,
            value: sign.value,
          },
          grant.account,
        )
  return fieldsOf(made.toString())
}

function fieldsOf(query: string): { readonly [name: string]: string } {
  return Object.fromEntries(
    query.split('&').map((part): [string, string] => {
      const cut = part.indexOf('=')
      return [part.slice(0, cut), decodeURIComponent(part.slice(cut + 1))]
    }),
  )
}

it.each(['container', 'blob', 'directory'] as const)(
  'signs a user delegation SAS for a %s as Azure’s client does, whatever the name',
  (kind) => {
    fc.assert(
      fc.property(NAME, TIME, (name, now) => {
        const target = kind === 'container' ? { kind } : kind === 'blob' ? { kind, name } : { kind, path: name }
        const permissions = kind === 'container' ? 'rwdl' : 'rwd'
        const grant: SasGrant = { account: 'acct', container: 'con', target, permissions, expiresAt: now + 3_600_000 }
        expect(fieldsOf(signDelegationSas(grant, key(now)))).toEqual(expected(grant, key(now)))
      }),
    )
  },
)

it.each(['container', 'blob'] as const)('signs a service SAS for a %s as Azure’s client does, whatever the name', (kind) => {
  fc.assert(
    fc.property(NAME, TIME, (name, now) => {
      const target = kind === 'container' ? { kind } : { kind, name }
      const grant: SasGrant = { account: 'acct', container: 'con', target, permissions: 'r', expiresAt: now }
      expect(fieldsOf(signServiceSas(grant, ACCOUNT_KEY))).toEqual(expected(grant, 'account'))
    }),
  )
})
