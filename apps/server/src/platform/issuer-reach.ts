import { readText } from '@sluice/clouds'
import { asAccessError, type HttpResponse, type Transport } from '@sluice/core'
import type { IssuerView } from '@sluice/api'
import type { DoctorFinding } from '../doctor.ts'

const NAME = 'issuer'
const LARGEST_DOCUMENT = 256 * 1024

/** What the issuer's public address is held against. */
export interface ExpectedIssuer {
  readonly url: string
  /** The issuer as the running server is; undefined where none could be asked. */
  readonly running: IssuerView | undefined
}

/**
 * Goes the way a cloud goes: the discovery document through the public address, then the keys that it names.
 * What it finds wrong is wrong for a cloud too. That a cloud gets through where this machine does, or does not where this one does not,
 * cannot be told from here, and is said.
 */
export async function reachIssuer(transport: Transport, { url, running }: ExpectedIssuer, signal: AbortSignal): Promise<DoctorFinding> {
  const get = (address: string) =>
    transport({ method: 'GET', url: new URL(address), headers: { accept: 'application/json' }, operation: 'issuer.Discover' }, signal)
  const fromOutside = `Ask from a machine outside your network, as a cloud would: curl ${url}/.well-known/openid-configuration`
  try {
    const keysUrl = `${url}/.well-known/jwks.json`
    const discovery = await documentOf(await get(`${url}/.well-known/openid-configuration`))
    if (discovery === undefined) return astray(`the address does not lead to this server: there is no discovery document below ${url}`)
    if (discovery['issuer'] !== url)
      return astray(`the discovery document below ${url} is another issuer's: it names ${String(discovery['issuer'])}`)
    if (discovery['jwks_uri'] !== keysUrl) return astray(`the discovery document names other keys than ${keysUrl}`)
    const published = keyIds(await documentOf(await get(keysUrl)))
    if (published === undefined) return astray(`${keysUrl} has no key set`)
    if (running === undefined)
      return unclear(
        `${url} answers and names itself; whether it has the keys of this server was not compared, for the server could not be asked`,
        'Start the server, then ask again.',
      )
    const missing = running.keys.filter(({ state }) => state !== 'retired').find(({ id }) => !published.includes(id))
    if (missing !== undefined)
      return astray(`${keysUrl} lacks the key ${missing.id} of this server: another server answers there, or a cache that is too old`)
    return {
      name: NAME,
      status: 'ok',
      detail: `${url} answers, names itself and publishes the key that signs. Asked from this machine: a firewall that lets only us in would not show`,
    }
  } catch (thrown) {
    const { reason, message } = asAccessError(thrown)
    if (reason === 'egress.refused')
      return unclear(
        `${url} leads to an address here that is not public, where no cloud comes; whether clouds are told another one cannot be told from this machine`,
        fromOutside,
      )
    return unclear(`${url} could not be asked from this machine: ${message} Whether clouds reach it cannot be told from here`, fromOutside)
  }
}

/** Reads a document; undefined where the address has none. */
async function documentOf(response: HttpResponse): Promise<{ readonly [name: string]: unknown } | undefined> {
  const text = await readText(response, LARGEST_DOCUMENT, 'issuer.Discover')
  if (response.status !== 200) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function keyIds(document: { readonly [name: string]: unknown } | undefined): readonly string[] | undefined {
  const keys = document?.['keys']
  if (!Array.isArray(keys)) return undefined
  return keys.flatMap((key: unknown) => (typeof key === 'object' && key !== null && 'kid' in key ? [String(key.kid)] : []))
}

function astray(detail: string): DoctorFinding {
  const remedy =
    'Let the proxy in front pass what lies below /.well-known/ of that address to this server, uncached, or correct SLUICE_ISSUER_URL.'
  return { name: NAME, status: 'problem', detail, remedy }
}

function unclear(detail: string, remedy: string): DoctorFinding {
  return { name: NAME, status: 'note', detail, remedy }
}
