import { accessError } from '@sluice/core'
import { checkedAccount } from './names.ts'

/** Where Entra issues tokens. */
export const ENTRA_ORIGIN = 'https://login.microsoftonline.com'

/** What our tokens are for: every storage account. */
export const STORAGE_RESOURCE = 'https://storage.azure.com'

/** The origin of an account's Blob service. */
export function blobOrigin(account: string): string {
  return `https://${account}.blob.core.windows.net`
}

/** National clouds, by the domains of their storage. https://learn.microsoft.com/azure/storage/common/storage-account-overview */
const SOVEREIGN: { readonly [domain: string]: string } = {
  'core.chinacloudapi.cn': 'Azure in China, operated by 21Vianet',
  'core.usgovcloudapi.net': 'Azure Government',
  'core.cloudapi.de': 'Azure Germany',
}

/** The storage account of a host name, of its Blob or its Data Lake service; refused with the reason where it is something near that. */
export function accountOfHost(host: string): string {
  const sovereign = Object.keys(SOVEREIGN).find((domain) => host.endsWith(`.${domain}`))
  if (sovereign !== undefined)
    throw accessError('azure.cloud.sovereign', { message: `${sovereign} belongs to ${SOVEREIGN[sovereign]}, which Sluice does not reach.` })
  const [, name = '', service = ''] = /^([^.]+)\.(blob|dfs)\.core\.windows\.net$/.exec(host) ?? []
  if (service === '') throw notBlob(host)
  if (name.endsWith('-secondary'))
    throw accessError('location.invalid', {
      message: 'The host is the read-only secondary of a storage account.',
      remedy: `Name the account itself: ${name.replace(/-secondary$/, '')}.${service}.core.windows.net.`,
    })
  return checkedAccount(name)
}

function notBlob(host: string): Error {
  const example = 'Write it like azure://account.blob.core.windows.net/container/folder/.'
  if (/\.privatelink\.(blob|dfs)\.core\.windows\.net$/.test(host))
    return accessError('location.invalid', {
      message: 'The host is the inner name of a private endpoint.',
      remedy: 'Leave .privatelink out of it.',
    })
  if (host.endsWith('.storage.azure.net'))
    return accessError('location.invalid', { message: 'Accounts with DNS zone endpoints are not supported.', remedy: example })
  const other = /\.(file|queue|table|web)\.core\.windows\.net$/.exec(host)?.[1]
  return accessError('location.invalid', {
    message: other === undefined ? `${host.slice(0, 100)} is not a host of Blob Storage.` : `The host is that of the ${other} service.`,
    remedy: example,
  })
}
