import type { AuthContext } from '@sluice/core'
import { expect, it } from 'vitest'
import { AZURE_METHODS, parseAzureAuth } from './auth.ts'

const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
const SIGNATURE = 'cdJWSGEVRvcmBmQvD3nF3bVZvTQVHfF%2BZg8cHrpq2x8%3D'
const SAS = `sv=2025-11-05&sr=c&sp=rl&st=2026-11-01T00:00:00Z&se=2027-01-01T00:00:00Z&spr=https&sip=192.0.2.1-192.0.2.9&sig=${SIGNATURE}`
const IDS = { tenantId: '72F988BF-86f1-41af-91ab-2d7cd011db47', clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46' }

const context: AuthContext = {
  connectionName: 'lake',
  connection: { id: 'conn_aaaaaaaaaaaaaaaaaaaa', organization: 'org', project: 'project' },
  issuedExternalId: 'sluice-0',
  secretId: 'secret_aaaaaaaaaaaaaaaaaaaa',
  platform: {
    issuer: { url: 'https://sluice.example.com' },
    azure: { clientId: IDS.clientId, objectId: IDS.clientId, tenantId: IDS.tenantId },
    regions: [],
    egressAddresses: [],
  },
  settings: {},
}

it('keeps of a federated application what is known so far', () => {
  expect(parseAzureAuth('federation', {}, context).auth).toEqual({ method: 'federation', fields: {} })
  expect(parseAzureAuth('federation', { ...IDS, accountName: 'acct' }, context).auth).toEqual({
    method: 'federation',
    fields: { tenantId: IDS.tenantId.toLowerCase(), clientId: IDS.clientId, accountName: 'acct' },
  })
})

it('takes the managed identity of the platform, where there is one', () => {
  expect(parseAzureAuth('managed-identity', {}, context)).toEqual({ auth: { method: 'managed-identity', fields: {} }, warnings: [] })
})

it.each<[string, string]>([
  ['the token', SAS],
  ['the token behind its question mark', `?${SAS}`],
  ['a whole URL', `https://acct.blob.core.windows.net/con?restype=container&comp=list&${SAS}`],
  ['a connection string', `BlobEndpoint=https://acct.blob.core.windows.net/;SharedAccessSignature=${SAS}`],
])('stores a SAS given as %s, and shows everything of it but its signature', (_form, sasToken) => {
  const parsed = parseAzureAuth('sas', { sasToken }, context)
  expect(parsed.secret).toEqual({ sasToken: SAS })
  expect(parsed.auth).toEqual({
    method: 'sas',
    fields: {
      ...(sasToken.includes('https://acct') ? { accountName: 'acct' } : {}),
      sasKind: 'service',
      sasVersion: '2025-11-05',
      sasPermissions: 'rl',
      sasResource: 'c',
      sasStartsAt: '2026-11-01T00:00:00.000Z',
      sasExpiresAt: '2027-01-01T00:00:00.000Z',
      sasProtocol: 'https',
      sasAddresses: '192.0.2.1-192.0.2.9',
    },
    secretId: context.secretId,
    secretExpiresAt: '2027-01-01T00:00:00.000Z',
  })
  expect(JSON.stringify(parsed.auth)).not.toContain(SIGNATURE.slice(0, 12))
})

it('tells the kinds of SAS apart, and when each ends', () => {
  const facts = (sasToken: string) => parseAzureAuth('sas', { sasToken }, context).auth
  expect(facts(`sv=2025-11-05&ss=bf&srt=co&sp=rwl&se=2027-01-01T00:00:00Z&sig=${SIGNATURE}`).fields).toMatchObject({
    sasKind: 'account',
    sasServices: 'bf',
    sasResourceTypes: 'co',
    sasProtocol: 'https,http',
  })
  const delegated = `sv=2025-11-05&sr=c&sp=r&se=2027-01-01T00:00:00Z&skoid=o&sktid=t&skt=2026-12-01T00:00:00Z&ske=2026-12-07T00:00:00Z&sks=b&skv=2025-11-05&sig=${SIGNATURE}`
  expect(facts(delegated)).toMatchObject({ fields: { sasKind: 'user-delegation' }, secretExpiresAt: '2026-12-07T00:00:00.000Z' })
})

it('warns of a SAS whose end only a stored access policy knows', () => {
  const parsed = parseAzureAuth('sas', { sasToken: `sv=2025-11-05&sr=c&si=readers&sig=${SIGNATURE}` }, context)
  expect(parsed.auth.fields).toMatchObject({ sasPolicy: 'readers' })
  expect(parsed.auth.secretExpiresAt).toBeUndefined()
  expect(parsed.warnings).toEqual([expect.stringContaining('stored access policy')])
})

it.each([KEY, `DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=${KEY};EndpointSuffix=core.windows.net`])(
  'takes an account key, and warns of what it reaches',
  (accountKey) => {
    const parsed = parseAzureAuth('account-key', { accountName: 'acct', accountKey }, context)
    expect(parsed).toMatchObject({
      auth: { method: 'account-key', fields: { accountName: 'acct' }, secretId: context.secretId },
      secret: { accountKey: KEY },
    })
    expect(parsed.warnings).toEqual([expect.stringContaining('everything in the storage account')])
  },
)

it.each<[string, { readonly [name: string]: string }, string]>([
  ['federation', { tenantId: 'contoso.onmicrosoft.com' }, 'azure.identity.malformed'],
  ['federation', { clientId: 's3cr3t~canary' }, 'azure.identity.malformed'],
  ['federation', { accountName: 'Acct' }, 'azure.account.name'],
  ['federation', { secret: 'canary' }, 'auth.unknown_field'],
  ['sas', {}, 'auth.missing_field'],
  ['sas', { sasToken: 'canary' }, 'azure.sas.malformed'],
  ['sas', { sasToken: SAS.replace(SIGNATURE, 'canary') }, 'azure.sas.malformed'],
  ['sas', { sasToken: SAS.replaceAll('%2B', ' ') }, 'azure.sas.malformed'],
  ['sas', { sasToken: `https://acct.blob.core.windows.net/con?${SAS}`, accountName: 'other' }, 'azure.account.other'],
  ['account-key', { accountName: 'acct', accountKey: 'canary' }, 'azure.key.malformed'],
  ['account-key', { accountKey: KEY }, 'auth.missing_field'],
  ['account-key', { accountName: 'acct' }, 'auth.missing_field'],
  ['role', {}, 'auth.unknown_method'],
])('refuses for %s the inputs %# with %s, and repeats no secret', (method, fields, reason) => {
  let told: unknown
  try {
    parseAzureAuth(method, fields, context)
  } catch (error) {
    told = error
  }
  expect(told).toMatchObject({ reason })
  expect(`${JSON.stringify(told)}${String(told)}`).not.toMatch(/canary|cdJWSGEVRv/)
})

it('refuses identities that the platform does not have', () => {
  const platform = { regions: [], egressAddresses: [] }
  const parse = (method: string) => () => parseAzureAuth(method, {}, { ...context, platform })
  expect(parse('federation')).toThrowError(expect.objectContaining({ reason: 'azure.identity.no_issuer' }))
  expect(parse('managed-identity')).toThrowError(expect.objectContaining({ reason: 'azure.identity.none' }))
})

it('marks every secret field as secret, and lets the account alone be named by several methods', () => {
  const fields = AZURE_METHODS.flatMap((method) => method.fields)
  expect(fields.filter((field) => field.secret).map((field) => field.name)).toEqual(['sasToken', 'accountKey'])
  const others = fields.filter((field) => field.name !== 'accountName').flatMap((field) => field.sql)
  expect(new Set(others).size).toBe(others.length)
})
