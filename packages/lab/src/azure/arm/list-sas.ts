import type { JsonObject } from '@sluice/core'
import { sign } from '../auth/signature.ts'
import { AzureError } from '../error.ts'
import type { StorageAccount } from '../state/types.ts'
import { textOf } from './functions.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

/** The version that Resource Manager signs by, whatever the version of its own API is. */
const VERSION = '2015-04-05'

const REQUIRED: { readonly [kind: string]: readonly string[] } = {
  service: ['canonicalizedResource', 'signedResource', 'signedPermission', 'signedExpiry'],
  account: ['signedServices', 'signedResourceTypes', 'signedPermission', 'signedExpiry'],
}

/** A service SAS, as the account's listServiceSas gives one. https://learn.microsoft.com/rest/api/storagerp/storage-accounts/list-service-sas */
export function listServiceSas(account: StorageAccount, values: JsonObject): string {
  const read = reader('service', values)
  const resource = read('canonicalizedResource')
  if (!resource.startsWith(`/blob/${account.name}/`)) throw badRequest(`canonicalizedResource begins with /blob/${account.name}/`)
  const text = [
    read('signedPermission'),
    timeOf(read('signedStart')),
    timeOf(read('signedExpiry')),
    resource,
    read('signedIdentifier'),
    read('signedIp'),
    read('signedProtocol'),
    VERSION,
    ...['rscc', 'rscd', 'rsce', 'rscl', 'rsct'].map(read),
  ].join('\n')
  return query([
    ['sv', VERSION],
    ['sr', read('signedResource')],
    ['si', read('signedIdentifier')],
    ['sip', read('signedIp')],
    ['spr', read('signedProtocol')],
    ['st', timeOf(read('signedStart'))],
    ['se', timeOf(read('signedExpiry'))],
    ['sp', read('signedPermission')],
    ...['rscc', 'rscd', 'rsce', 'rscl', 'rsct'].map((name) => [name, read(name)] as const),
    ['sig', sign(keyOf(account, read('keyToSign')), text)],
  ])
}

/** An account SAS, as listAccountSas gives one. https://learn.microsoft.com/rest/api/storagerp/storage-accounts/list-account-sas */
export function listAccountSas(account: StorageAccount, values: JsonObject): string {
  const read = reader('account', values)
  const fields = [
    ['sp', read('signedPermission')],
    ['ss', read('signedServices')],
    ['srt', read('signedResourceTypes')],
    ['st', timeOf(read('signedStart'))],
    ['se', timeOf(read('signedExpiry'))],
    ['sip', read('signedIp')],
    ['spr', read('signedProtocol')],
    ['sv', VERSION],
  ] as const
  const text = [account.name, ...fields.map(([, value]) => value), ''].join('\n')
  return query([...fields, ['sig', sign(keyOf(account, read('keyToSign')), text)]])
}

function reader(kind: string, values: JsonObject): (name: string) => string {
  const missing = REQUIRED[kind]?.find((name) => values[name] === undefined)
  if (missing !== undefined) throw badRequest(`${missing} is required`)
  return (name) => (values[name] === undefined ? '' : textOf(values[name]))
}

function badRequest(message: string): AzureError {
  return new AzureError(400, 'InvalidValuesForRequestParameters', `Values for request parameters are invalid: ${message}.`)
}

function keyOf(account: StorageAccount, name: string): string {
  if (!['', 'key1', 'key2'].includes(name)) throw badRequest('keyToSign')
  return account.keys[name === 'key2' ? 1 : 0]
}

/** Resource Manager takes a time in several forms and writes one into the token. */
function timeOf(text: string): string {
  if (text === '') return ''
  const time = Date.parse(text.replace(/^(\d{4}-\d{2}-\d{2}) (\d.*)$/, '$1T$2'))
  if (Number.isNaN(time)) throw badRequest('signedExpiry or signedStart')
  return isoSeconds(time)
}

function query(fields: readonly (readonly [name: string, value: string])[]): string {
  return fields
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}
