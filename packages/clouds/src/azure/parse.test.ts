import * as fc from 'fast-check'
import { type Location, isAccessError } from '@sluice/core'
import { expect, it } from 'vitest'
import { splitAzureCredential } from './credential-url.ts'
import { azureEndpoint } from './own-endpoint.ts'
import { formatAzureLocation, parseAzureUrl } from './parse.ts'

const nowhere = (bucket: string, prefix: string, extent: Location['extent']): Location => ({ cloud: 'azure', bucket, prefix, extent })
const at = (bucket: string, prefix: string, extent: Location['extent']): Location => ({
  ...nowhere(bucket, prefix, extent),
  account: 'acct',
})

const PORTAL = 'https://portal.azure.com/#view/Microsoft_Azure_Storage'
const RESOURCE = '%2Fsubscriptions%2F0000%2FresourceGroups%2Flake%2Fproviders%2FMicrosoft.Storage%2FstorageAccounts%2Facct'

it.each<[string, Location]>([
  ['azure://acct.blob.core.windows.net/con/', at('con', '', 'bucket')],
  ['azure://acct.blob.core.windows.net/con', at('con', '', 'bucket')],
  ['azure://acct.blob.core.windows.net/con/p/', at('con', 'p/', 'folder')],
  ['https://acct.blob.core.windows.net/con/p/', at('con', 'p/', 'folder')],
  [' HTTPS://ACCT.Blob.Core.Windows.Net:443/con/p/f.csv ', at('con', 'p/f.csv', 'object')],
  ['https://acct.dfs.core.windows.net/con/p/', at('con', 'p/', 'folder')],
  ['azblob://acct.blob.core.windows.net/con/p/', at('con', 'p/', 'folder')],
  ['azure://con/p/?account-name=acct', at('con', 'p/', 'folder')],
  ['azure://con/p/?account_name=acct', at('con', 'p/', 'folder')],
  ['azblob://con/p/', nowhere('con', 'p/', 'folder')],
  ['azure://con/f.csv', nowhere('con', 'f.csv', 'object')],
  ['abfss://con@acct.dfs.core.windows.net/p/', at('con', 'p/', 'folder')],
  ['abfs://con@acct.dfs.core.windows.net', at('con', '', 'bucket')],
  ['wasbs://con@acct.blob.core.windows.net/p/f.csv', at('con', 'p/f.csv', 'object')],
  ['https://acct.blob.core.windows.net/con/a%20b/c+d/%E6%BC%A2%23.csv', at('con', 'a b/c+d/漢#.csv', 'object')],
  [`${PORTAL}/ContainerMenuBlade/~/overview/storageAccountId/${RESOURCE}/path/con/etag/%220x8D%22`, at('con', '', 'bucket')],
  [
    `${PORTAL}/BlobPropertiesBladeV2/storageAccountId/${RESOURCE}/path/con%2Fa%20b%2Ff.csv/isDeleted~/false`,
    at('con', 'a b/f.csv', 'object'),
  ],
])('reads %s', (url, expected) => {
  expect(parseAzureUrl(url)).toEqual(expected)
})

it.each<[string, string, RegExp]>([
  ['azure://acct.blob.core.windows.net/', 'location.invalid', /is empty/],
  ['https://acct.blob.core.windows.net/CON/p/', 'location.invalid', /Did you mean the container con/],
  ['https://acct.blob.core.windows.net/$web/index.html', 'location.invalid', /system containers/],
  ['https://acct.blob.core.windows.net/a--b/', 'location.invalid', /single hyphens/],
  ['https://acct.blob.core.windows.net/con/a/../b', 'location.invalid', /\. or \.\. segment/],
  ['https://acct.blob.core.windows.net/con/*/f.csv', 'location.wildcard', /folder/],
  ['https://acct.blob.core.windows.net/con/f*.csv', 'location.wildcard', /PATTERN/],
  ['azure://con/f?.csv', 'location.wildcard', /question mark/],
  ['https://acct.blob.core.windows.net/con?restype=container&comp=list', 'location.invalid', /restype/],
  ['azure://con/p/?account-name=Acct!', 'azure.account.name', /3 to 24/],
  ['https://acct-secondary.blob.core.windows.net/con/', 'location.invalid', /read-only secondary/],
  ['https://acct.file.core.windows.net/share/', 'location.invalid', /file service/],
  ['https://acct.privatelink.blob.core.windows.net/con/', 'location.invalid', /private endpoint/],
  ['https://acct.z13.blob.storage.azure.net/con/', 'location.invalid', /DNS zone/],
  ['https://acct.blob.core.chinacloudapi.cn/con/', 'azure.cloud.sovereign', /China/],
  ['https://acct.blob.core.usgovcloudapi.net/con/', 'azure.cloud.sovereign', /Government/],
  ['https://portal.azure.us/#view/x', 'azure.cloud.sovereign', /national cloud/],
  ['https://portal.azure.com/#home', 'location.invalid', /not that of a container/],
  ['https://bucket.s3.amazonaws.com/x', 'location.invalid', /not a host of Blob Storage/],
  ['s3://bucket/x/', 'location.invalid', /not a URL of Azure/],
  ['azure://user:secret@acct.blob.core.windows.net/con/', 'location.credential', /connection/],
  ['abfss://con:secret@acct.dfs.core.windows.net/p', 'location.credential', /connection/],
])('refuses %s with %s', (url, reason, said) => {
  const told = thrown(() => parseAzureUrl(url))
  expect(told).toMatchObject({ reason })
  expect(`${String(told)} ${isAccessError(told) ? told.remedy : ''}`).toMatch(said)
})

it.each([
  'https://acct.blob.core.windows.net/con/p?sv=2025-11-05&sr=c&sp=r&se=2027-01-01&sig=c4n4ry',
  'azure://con/p?account-name=acct&sas-token=c4n4ry',
  'azure://con/p?account-name=acct&account-key=c4n4ry',
])('refuses the credential in %s and repeats nothing of it', (url) => {
  const told = thrown(() => parseAzureUrl(url))
  expect(told).toMatchObject({ reason: 'location.credential' })
  expect(`${JSON.stringify(told)}${String(told)}`).not.toContain('c4n4ry')
})

it('reads back what it writes, whatever the key', () => {
  const segment = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => !text.includes('/') && text !== '.' && text !== '..')
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean(), (segments, isFolder, hasAccount) => {
      const prefix = segments.join('/') + (isFolder ? '/' : '')
      const location = (hasAccount ? at : nowhere)('con', prefix, isFolder ? 'folder' : 'object')
      // oxlint-disable-next-line no-control-regex -- such keys are refused
      if (/[\u0000-\u001f\u007f]/.test(prefix)) return
      expect(parseAzureUrl(formatAzureLocation(location))).toEqual(location)
    }),
  )
})

const SAS = 'sv=2025-11-05&sr=c&sp=rl&se=2027-01-01T00%3A00%3A00Z&spr=https&sig=a%2Bb%2Fc%3D'

it.each<[string, string, { readonly [field: string]: string }]>([
  [`https://acct.blob.core.windows.net/con/p/?${SAS}`, 'https://acct.blob.core.windows.net/con/p/', { sasToken: SAS, accountName: 'acct' }],
  [`abfss://con@acct.dfs.core.windows.net/p/?${SAS}`, 'abfss://con@acct.dfs.core.windows.net/p/', { sasToken: SAS, accountName: 'acct' }],
  [
    `azure://con/p/?account-name=acct&sas-token=${encodeURIComponent(SAS)}`,
    'azure://con/p/?account-name=acct',
    { sasToken: SAS, accountName: 'acct' },
  ],
  [
    `azure://con/p/?account-name=acct&sas-token=%3F${encodeURIComponent(SAS)}`,
    'azure://con/p/?account-name=acct',
    { sasToken: SAS, accountName: 'acct' },
  ],
  [`azure://con/p/?account-name=acct&sas-token=?${SAS}`, 'azure://con/p/?account-name=acct', { sasToken: SAS, accountName: 'acct' }],
  [`azblob://con/p/?${SAS}`, 'azblob://con/p/', { sasToken: SAS }],
  [
    `https://acct.blob.core.windows.net/con?restype=container&${SAS}`,
    'https://acct.blob.core.windows.net/con?restype=container',
    { sasToken: SAS, accountName: 'acct' },
  ],
])('takes the SAS out of %s', (url, plain, fields) => {
  expect(splitAzureCredential(url)).toEqual({ url: plain, credential: { method: 'sas', fields } })
})

it('takes an account key out of a URL', () => {
  expect(splitAzureCredential('azure://con/p/?account-name=acct&account-key=a+b/c%3D%3D')).toEqual({
    url: 'azure://con/p/?account-name=acct',
    credential: { method: 'account-key', fields: { accountName: 'acct', accountKey: 'a+b/c==' } },
  })
})

it.each([
  '',
  'nonsense',
  's3://b/x',
  'azure://con/p/',
  'azure://con/p/?account-name=acct',
  'https://acct.blob.core.windows.net/con?x=%',
  PORTAL,
])('leaves %j as it is', (url) => {
  expect(splitAzureCredential(url)).toEqual({ url })
})

it('knows the endpoints of Blob Storage from others', () => {
  expect(azureEndpoint('https://acct.blob.core.windows.net/')).toEqual({ fields: { accountName: 'acct' }, settings: {} })
  for (const endpoint of [
    'https://example.com',
    'http://acct.blob.core.windows.net',
    'https://acct.blob.core.chinacloudapi.cn',
    'nonsense',
  ])
    expect(azureEndpoint(endpoint), endpoint).toBeUndefined()
})

function thrown(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
