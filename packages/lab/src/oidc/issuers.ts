import type { JSONWebKeySet } from 'jose'

/** The OpenID Connect issuers that the clouds of a lab can get the keys of. */
export interface Issuers {
  /** Gives the keys of an issuer at once, so that nobody is asked for them. */
  trust(issuer: string, keys: JSONWebKeySet): void
  /** What an issuer publishes now. Nothing is kept: keys that are rotated out stop counting at once. */
  keysOf(issuer: string): Promise<PublishedKeys>
}

/** The keys of an issuer, or what a cloud found when it looked for them. */
export type PublishedKeys =
  | { readonly ok: true; readonly keys: JSONWebKeySet }
  | { readonly ok: false; readonly problem: 'issuer-unreachable' | 'issuer-mismatch'; readonly message: string }

const FETCH_TIMEOUT_MS = 10_000

/**
 * Issuers by URL. `reachableAt` says where on loopback an https issuer answers; any other is unreachable,
 * for the lab never leaves this machine.
 */
export function issuers(reachableAt: { readonly [issuer: string]: string } = {}): Issuers {
  const given = new Map<string, JSONWebKeySet>()
  const addresses = new Map(Object.entries(reachableAt).map(([issuer, address]) => [withoutSlash(issuer), withoutSlash(address)]))
  return {
    trust: (issuer, keys) => void given.set(withoutSlash(issuer), keys),
    async keysOf(issuer) {
      const keys = given.get(withoutSlash(issuer))
      if (keys) return { ok: true, keys }
      const address = addresses.get(withoutSlash(issuer))
      return address === undefined ? unreachable(issuer, 'no route leads there') : fetchKeys(issuer, address)
    },
  }
}

/** Goes the way a cloud goes: the discovery document first, then the keys that it names. */
async function fetchKeys(issuer: string, address: string): Promise<PublishedKeys> {
  try {
    const discovery = await fetchJson(`${address}/.well-known/openid-configuration`)
    const named = textOf(discovery, 'issuer')
    if (named !== issuer)
      return { ok: false, problem: 'issuer-mismatch', message: `The discovery document of ${issuer} names the issuer ${String(named)}.` }
    const keysUrl = textOf(discovery, 'jwks_uri') ?? ''
    const prefix = `${withoutSlash(issuer)}/`
    if (!keysUrl.startsWith(prefix)) return unreachable(issuer, `its jwks_uri is ${keysUrl}`)
    const keys = await fetchJson(`${address}/${keysUrl.slice(prefix.length)}`)
    if (!isKeySet(keys)) return unreachable(issuer, 'what its jwks_uri answers is no key set')
    return { ok: true, keys }
  } catch (error) {
    return unreachable(issuer, error instanceof Error ? error.message : String(error))
  }
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}`)
  return response.json()
}

function unreachable(issuer: string, because: string): PublishedKeys {
  return { ok: false, problem: 'issuer-unreachable', message: `The keys of ${issuer} could not be fetched: ${because}.` }
}

function textOf(document: unknown, name: string): string | undefined {
  if (typeof document !== 'object' || document === null) return undefined
  const value: unknown = Object.getOwnPropertyDescriptor(document, name)?.value
  return typeof value === 'string' ? value : undefined
}

function isKeySet(document: unknown): document is JSONWebKeySet {
  return typeof document === 'object' && document !== null && 'keys' in document && Array.isArray(document.keys)
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
