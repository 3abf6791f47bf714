import { isDeepStrictEqual } from 'node:util'
import { accessError, type Cloud } from '@sluice/core'
import type { ConnectionInput } from '../contract.ts'

/** What of an input says where and as whom, once no credential stands in its URLs any more. */
export interface PlainInput {
  readonly locations: readonly string[]
  readonly method: string
  readonly auth: { readonly [field: string]: string }
}

type Credential = NonNullable<ReturnType<Cloud['splitCredential']>['credential']>

/**
 * Takes the credentials out of the URLs of an input. They are refused with what to write instead, or become the input's method and fields
 * where it says so; what it says itself must not contradict them. Nothing of a credential is repeated.
 */
export function withoutUrlCredentials(cloud: Cloud, input: ConnectionInput): PlainInput {
  const pasted = (input.locations ?? []).map((url) => cloud.splitCredential(url))
  const locations = pasted.map(({ url }) => url)
  const [first, ...others] = pasted.flatMap(({ credential }) => credential ?? [])
  if (first === undefined) return { locations, method: requireNamed(cloud, input.method), auth: input.auth }
  if (input.credentialInUrl !== 'store')
    throw refused(cloud, locations, first, ' Or let it be taken out of the URL and stored: credentialInUrl store.')
  if (others.some((other) => !isDeepStrictEqual(other, first))) throw contradiction('Two of the URLs carry different credentials.')
  return { locations, method: agreed(first, input.method), auth: merged(first, input.auth) }
}

/** Refuses a credential in one of the URLs, with what to write instead. */
export function refuseUrlCredentials(cloud: Cloud, urls: readonly string[]): void {
  const pasted = urls.map((url) => cloud.splitCredential(url))
  const credential = pasted.find((one) => one.credential !== undefined)?.credential
  const plain = pasted.map(({ url }) => url)
  if (credential) throw refused(cloud, plain, credential)
}

function requireNamed(cloud: Cloud, method: string | undefined): string {
  if (method !== undefined) return method
  throw accessError('auth.unknown_method', {
    message: `The input does not say how to authenticate with ${cloud.label}.`,
    remedy: `Name one of the methods: ${cloud.methods.map(({ id }) => id).join(', ')}.`,
  })
}

function refused(cloud: Cloud, locations: readonly string[], { method, fields }: Credential, otherwise = ''): unknown {
  const plain = locations.map((url) => shownPlain(cloud, url)).join(', ')
  const names = Object.keys(fields).join(' and ')
  return accessError('location.credential', {
    message: `A location carries a credential in its URL, of the method ${method}.`,
    remedy: `Write ${plain}, and give the credential as ${names} of the method ${method}.${otherwise} Replace it if others may have seen the URL.`,
  })
}

/** The URL as its cloud writes it; where even that cannot be read, nothing of what was given. */
function shownPlain(cloud: Cloud, url: string): string {
  try {
    return cloud.format(cloud.parse(url))
  } catch {
    return 'the URL without it'
  }
}

function agreed({ method }: Credential, named: string | undefined): string {
  if (named === undefined || named === method) return method
  throw contradiction(`The URL carries a credential of the method ${method}, and the method ${named} was named.`)
}

function merged({ fields }: Credential, given: ConnectionInput['auth']): ConnectionInput['auth'] {
  const other = Object.keys(fields).find((name) => given[name] !== undefined && given[name].trim() !== fields[name])
  if (other === undefined) return { ...given, ...fields }
  throw contradiction(`The URL carries another ${other} than the one that was given.`)
}

function contradiction(message: string): unknown {
  return accessError('location.credential', { message, remedy: 'Give the credential once: in the URL or as fields.' })
}
