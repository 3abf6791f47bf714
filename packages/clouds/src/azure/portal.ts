import { accessError } from '@sluice/core'
import { checkedAccount } from './names.ts'

/** A place that a page of the portal shows. The key is still percent-encoded, once. */
export interface PortalPlace {
  readonly account: string
  readonly container: string
  readonly rawKey: string
}

/**
 * Reads the portal's URLs of a container or blob, which name both behind the #: `…/storageAccountId/%2Fsubscriptions%2F…%2FstorageAccounts%2Facct/path/container%2Ffolder…`.
 * Undefined for anything but the portal.
 */
export function parsePortalUrl(text: string): PortalPlace | undefined {
  const match = /^https:\/\/(?:[a-z]+\.)?portal\.azure\.(com|us|cn)\/([^#]*)(?:#(.*))?$/is.exec(text.trim())
  if (match === null) return undefined
  const [, domain = '', , page = ''] = match
  if (domain.toLowerCase() !== 'com')
    throw accessError('azure.cloud.sovereign', {
      message: `portal.azure.${domain} is the portal of a national cloud, which Sluice does not reach.`,
    })
  const account = /storageAccounts(?:%2F|\/)([a-z0-9]{3,24})(?![a-z0-9])/i.exec(page)?.[1]
  const path = /\/path\/([^/]+)/.exec(page)?.[1]
  if (account === undefined || path === undefined)
    throw accessError('location.invalid', {
      message: 'This page of the portal is not that of a container or blob.',
      remedy: 'Open the container and copy its URL, or write it like azure://account.blob.core.windows.net/container/folder/.',
    })
  const [container = '', ...key] = path.split(/%2F/i)
  return { account: checkedAccount(account.toLowerCase()), container, rawKey: key.join('/') }
}
