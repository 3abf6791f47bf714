import type { GoogleIdentity, JsonObject } from '@sluice/core'
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { expect } from 'vitest'
import { startLab, type Lab, type LabOptions } from '../src/index.ts'
import { send, type RawAnswer } from './raw.ts'

export const PROJECT = 'acme-data'
export const BUCKET = 'acme-lake'
export const ISSUER = 'https://sluice.example'
export const SUBJECT = 'organization:o:project:p:connection:c'
export const ADMIN: GoogleIdentity = { kind: 'user', email: 'admin@acme.example' }
export const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'

/** An issuer that signs for itself. */
export interface TestIssuer {
  /** Signs what an issuer would, at the given time, with changes. */
  sign(claims: JWTPayload, header?: { readonly kid?: string; readonly alg?: string }): Promise<string>
}

const pair = await generateKeyPair('RS256')
const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }

export const issuer: TestIssuer = {
  sign: (claims, header = {}) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(pair.privateKey),
}

/** A customer's project with a bucket, an account that reads it, and a pool that trusts the issuer. */
export interface GcpWorld {
  readonly lab: Lab
  /** Its role on the bucket: objectViewer and legacyBucketReader. */
  readonly reader: string
  readonly pool: string
  /** Of a token exchange. */
  readonly audience: string
  /** As policies name who comes through the pool. */
  readonly principal: string
  readonly now: () => number
}

export async function startGcpWorld(options: LabOptions = {}): Promise<GcpWorld> {
  const lab = await startLab(options)
  const { gcp } = lab
  gcp.createProject(PROJECT, '123456789012')
  gcp.addBinding({ on: { project: PROJECT }, role: 'roles/owner', member: 'user:admin@acme.example' })
  gcp.createBucket(PROJECT, { name: BUCKET, location: 'europe-west3' })
  const reader = gcp.putServiceAccount(PROJECT, { id: 'reader' })
  for (const role of ['roles/storage.objectViewer', 'roles/storage.legacyBucketReader'])
    gcp.addBinding({ on: { bucket: BUCKET }, role, member: `serviceAccount:${reader}` })
  const pool = gcp.putPool(PROJECT, { id: 'sluice-pool' })
  const audience = gcp.putProvider(pool, { id: 'sluice', issuerUri: ISSUER })
  lab.trustIssuer(ISSUER, { keys: [jwk] })
  return {
    lab,
    reader,
    pool,
    audience,
    principal: `principal://iam.googleapis.com/${pool}/subject/${SUBJECT}`,
    now: options.clock ? () => options.clock?.now() ?? 0 : () => Date.now(),
  }
}

/** Claims of a good token for the world's provider. */
export function goodClaims({ audience, now }: GcpWorld): JWTPayload {
  const seconds = Math.floor(now() / 1000)
  return { iss: ISSUER, sub: SUBJECT, aud: `https:${audience}`, iat: seconds, exp: seconds + 600 }
}

export interface GoogleRequest {
  readonly method?: string
  readonly token?: string
  readonly headers?: { readonly [name: string]: string }
  readonly json?: unknown
  readonly form?: { readonly [name: string]: string }
  readonly body?: string | Uint8Array
}

export interface GoogleAnswer extends RawAnswer {
  /** The body as JSON; an empty object where it is none. */
  readonly json: JsonObject
}

/** Sends a request for one of Google's URLs to the lab, as a route does. */
export async function google(lab: Lab, url: string, request: GoogleRequest = {}): Promise<GoogleAnswer> {
  const { host, pathname, search } = new URL(url)
  const body =
    request.json === undefined ? (request.form ? new URLSearchParams(request.form).toString() : request.body) : JSON.stringify(request.json)
  const type = request.json !== undefined ? 'application/json' : request.form ? 'application/x-www-form-urlencoded' : undefined
  const answer = await send(lab, {
    method: request.method ?? (body === undefined ? 'GET' : 'POST'),
    host,
    path: pathname + search,
    headers: {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
      ...request.headers,
    },
    ...(body === undefined ? {} : { body }),
  })
  return { ...answer, json: jsonOf(answer.text) }
}

function jsonOf(text: string): JsonObject {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

export const objectsUrl = (bucket = BUCKET): string => `https://storage.googleapis.com/storage/v1/b/${bucket}/o`
export const objectUrl = (key: string, bucket = BUCKET): string => `${objectsUrl(bucket)}/${encodeURIComponent(key)}`
export const uploadUrl = (key: string, type = 'media', bucket = BUCKET): string =>
  `https://storage.googleapis.com/upload/storage/v1/b/${bucket}/o?uploadType=${type}&name=${encodeURIComponent(key)}`

/** A token of a service account, as it gets one itself elsewhere. */
export function accountToken({ lab }: GcpWorld, email: string, scopes: readonly string[] = [SCOPE]): string {
  return lab.gcp.issueToken({ kind: 'service-account', email }, { scopes })
}

/** Exchanges a token of the issuer for one of Google's. */
export function exchange(
  { lab, audience }: GcpWorld,
  token: string,
  changes: { readonly [name: string]: string } = {},
): Promise<GoogleAnswer> {
  return google(lab, 'https://sts.googleapis.com/v1/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      subject_token: token,
      scope: SCOPE,
      audience,
      ...changes,
    },
  })
}

/** Exchanges a token for one that a boundary restricts. */
export function downscope({ lab }: GcpWorld, token: string, boundary: unknown): Promise<GoogleAnswer> {
  return google(lab, 'https://sts.googleapis.com/v1/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token: token,
      options: JSON.stringify({ accessBoundary: boundary }),
    },
  })
}

/** A text field of an answer. */
export function textOf(json: JsonObject, name: string): string {
  const value = json[name]
  if (typeof value !== 'string') throw new Error(`The answer has no ${name}: ${JSON.stringify(json)}`)
  return value
}

/** Status and words of an error of the Storage API. */
export function storageError(message: string, status = 403, reason = 'forbidden') {
  return { status, json: { error: { code: status, message, errors: [expect.objectContaining({ message, reason, domain: 'global' })] } } }
}
