import type { Observation } from '../case.ts'
import type { Facts } from '../facts.ts'
import { percentDecoded } from '../percent-decoded.ts'

/** A place in Blob Storage, as far as anything says. */
export interface Place {
  readonly account: string | undefined
  readonly host: string | undefined
  readonly container: string
  /** '' for the container itself; with a slash at its end for a folder. */
  readonly path: string
}

/** Where the connection may go. */
export function locationOf({ connection }: Pick<Facts, 'connection'>): Place | undefined {
  return placeIn(connection.location)
}

/** What one request was for: its target, or the connection's location where that does not say. */
export function placeOf(observation: Observation, facts: Pick<Facts, 'connection'>): Place | undefined {
  const location = locationOf(facts)
  const own = placeIn(observation.target)
  if (own !== undefined) {
    const isSame = location?.container === own.container && own.path === ''
    return isSame ? { ...location, host: own.host ?? location.host } : { ...own, account: own.account ?? location?.account }
  }
  // A target that is no URL is a name in the connection's container, or the container itself.
  if (location === undefined || observation.target === undefined || /[:*]/.test(observation.target)) return location
  const name = observation.target.trim().replace(/^\//, '')
  if (name === location.container || name === '') return { ...location, path: '' }
  const within = name.startsWith(`${location.container}/`) ? name.slice(location.container.length + 1) : name
  return { ...location, path: within }
}

/** The place that a URL of some kind, or the id of a resource, is of; undefined for any other text. */
export function placeIn(text: string | undefined): Place | undefined {
  const trimmed = text?.trim() ?? ''
  const hadoop = /^(?:abfss?|wasbs?):\/\/(?<container>[^@/?#]+)@(?<host>[^/?#]+)\/?(?<path>[^?#]*)/i.exec(trimmed)?.groups
  if (hadoop !== undefined) return placed(hadoop['host'], hadoop['container'], hadoop['path'])
  const resource = /\/storageAccounts\/(?<account>[a-z0-9]+)(?:\/blobServices\/default\/containers\/(?<container>[^/]+))?/i.exec(
    trimmed,
  )?.groups
  if (trimmed.startsWith('/subscriptions/') && resource !== undefined)
    return { account: resource['account'], host: undefined, container: resource['container'] ?? '', path: '' }
  const url = /^(?:azure|azblob|https?|az):\/\/(?<host>[^/?#]+)\/?(?<rest>[^?#]*)/i.exec(trimmed)?.groups
  if (url === undefined) return undefined
  const host = url['host'] ?? ''
  const rest = percentDecoded(url['rest'] ?? '')
  // Without a dot it is the container that stands where others have the account's host.
  if (!host.includes('.')) return { account: undefined, host: undefined, container: host, path: rest }
  const [container = '', ...path] = rest.split('/')
  return placed(host, container, path.join('/'))
}

function placed(host = '', container = '', path = ''): Place {
  const lower = host.toLowerCase()
  const account = /^([a-z0-9]+?)(?:-secondary)?(?:\.z\d+)?\.(?:blob|dfs)\./.exec(lower)?.[1]
  return { account, host: lower, container, path: percentDecoded(path) }
}

/** Whether a path is a folder's, or the whole container's. */
export function isFolder({ path }: Pick<Place, 'path'>): boolean {
  return path === '' || path.endsWith('/')
}

/** A request for a folder stands for one for any blob in it. */
export function pathUnder(path: string): string {
  return path === '' || path.endsWith('/') ? `${path}sluice-blob` : path
}
