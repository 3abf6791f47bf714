import { type Location, accessError } from '@sluice/core'
import { decodedKey, extentOf, formattedKey } from '../url/key-path.ts'
import { type SplitUrl, splitUrl } from '../url/split-url.ts'
import { accountOfHost } from './hosts.ts'
import { checkedAccount, checkedContainer } from './names.ts'
import { parsePortalUrl } from './portal.ts'

/** Schemes whose host is the storage account or, where it has no dots, the container. */
const OWN = ['azure', 'azblob']

/**
 * Parses every form in which a place in Blob Storage is pasted: `azure://` and `https://` with the account's host, `azure://container/…`
 * with the account as a parameter or with none, `abfss://` and `wasbs://`, and the portal's own URLs. Nothing but the path is decoded, and that once.
 */
export function parseAzureUrl(text: string): Location {
  const portal = parsePortalUrl(text)
  if (portal !== undefined) return locationOf(portal.container, portal.rawKey, portal.account)
  const url = splitUrl(fromHadoop(text))
  const host = url.authority.toLowerCase().replace(/:443$/, '')
  if (OWN.includes(url.scheme) && !host.includes('.')) return inContainer(url)
  if (![...OWN, ...HADOOP, 'https', 'http'].includes(url.scheme))
    throw accessError('location.invalid', {
      message: `${url.scheme}:// is not a URL of Azure.`,
      remedy: 'Write it like azure://account.blob.core.windows.net/container/folder/.',
    })
  const account = accountOfHost(host)
  const [container = '', ...key] = url.path.slice(1).split('/')
  refuseParameters(url, [])
  return locationOf(container, key.join('/'), account)
}

/** Writes a location as a URL that parses back to the same. */
export function formatAzureLocation({ account, bucket, prefix }: Location): string {
  const path = `${bucket}/${formattedKey(prefix)}`
  return account === undefined ? `azblob://${path}` : `azure://${account}.blob.core.windows.net/${path}`
}

const HADOOP = ['abfss', 'abfs', 'wasbs', 'wasb']

/** `abfss://container@account.dfs.core.windows.net/path`, where the container stands before an @, with the container where others have it. */
function fromHadoop(text: string): string {
  const match = /^(abfss?|wasbs?):\/\/([a-z0-9$-]{1,63})@([^/?#@]+)(.*)$/is.exec(text.trim())
  if (match === null) return text
  const [, scheme = '', container = '', host = '', rest = ''] = match
  return `${scheme}://${host}/${container}${rest === '' ? '/' : rest}`
}

/** `azure://container/path?account-name=account`, as TiDB writes it in SQL, and `azblob://container/path`, as Databend does. */
function inContainer(url: SplitUrl): Location {
  const parameters = refuseParameters(url, ['account-name'])
  const account = parameters.get('account-name')
  return locationOf(url.authority, url.path.slice(1), account === undefined ? undefined : checkedAccount(account))
}

function locationOf(container: string, rawKey: string, account: string | undefined): Location {
  checkedContainer(container)
  const base = account === undefined ? `azblob://${container}` : `azure://${account}.blob.core.windows.net/${container}`
  const prefix = decodedKey(rawKey, (folder) => `${base}/${folder}`)
  if (prefix.includes('\\'))
    throw accessError('location.invalid', {
      message: 'The path of the URL has a backslash, of which Azure makes a slash.',
      remedy: 'Write slashes between folders.',
    })
  return { cloud: 'azure', bucket: container, prefix, extent: extentOf(prefix), ...(account === undefined ? {} : { account }) }
}

function refuseParameters(url: SplitUrl, known: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  if (url.query === '') return given
  if (OWN.includes(url.scheme) && !url.query.includes('='))
    throw accessError('location.wildcard', { message: 'The URL has a question mark.' })
  for (const parameter of url.query.split('&')) {
    const [name = '', ...value] = parameter.split('=')
    const plain = name.toLowerCase().replaceAll('_', '-')
    if (!known.includes(plain))
      throw accessError('location.invalid', {
        message: `The URL has the parameter ${JSON.stringify(name.slice(0, 40))}, and a location takes none${known.length > 0 ? ' but account-name' : ''}.`,
        remedy: 'Leave everything from the question mark on out; settings belong to the connection.',
      })
    given.set(plain, value.join('='))
  }
  return given
}
