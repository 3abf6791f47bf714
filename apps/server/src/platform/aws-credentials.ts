import type { AwsCredentials } from '@sluice/clouds'
import { accessError, type Clock, type HttpRequest, type Transport } from '@sluice/core'
import { z } from 'zod'
import type { AwsIdentity } from '../config/config.ts'

/** Our own credential services are link-local or on loopback; only requests of ours go there, never one a user named. */
export const CREDENTIAL_SERVICES = [
  '169.254.169.254/32',
  '169.254.170.2/32',
  '169.254.170.23/32',
  'fd00:ec2::23/128',
  '127.0.0.0/8',
  '::1/128',
]

interface CredentialsDeps {
  readonly identity: AwsIdentity
  /** A transport that may reach the credential services of the machine: link-local addresses and loopback. */
  readonly transport: Transport
  readonly clock: Clock
  readonly readFile: (path: string, signal: AbortSignal) => Promise<string>
}

/** What ECS, EKS and EC2 all answer. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html */
const answerSchema = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  Token: z.string(),
  Expiration: z.iso.datetime({ offset: true }),
})

/** Renewed this long before their end; AWS itself replaces them at least five minutes before. */
const MARGIN_MS = 5 * 60_000
const INSTANCE = 'http://169.254.169.254'
const ROLES = '/latest/meta-data/iam/security-credentials/'
const LARGEST = 64_000

/**
 * The credentials of our own AWS identity: static keys, else those of the container, else those of the machine.
 * Temporary ones are kept until they near their end; of any number of callers one asks.
 */
export function createAwsCredentials(deps: CredentialsDeps): (signal: AbortSignal) => Promise<AwsCredentials> {
  const { identity, clock } = deps
  let kept: AwsCredentials | undefined
  let asking: Promise<AwsCredentials> | undefined
  return async (signal) => {
    if (identity.keys !== undefined) return identity.keys
    if (kept?.expiresAt !== undefined && kept.expiresAt - MARGIN_MS > clock.now()) return kept
    // Shared by callers that may leave at any time, so no single caller's signal ends it: the transport's time-outs do.
    asking ??= fetchCredentials(deps, new AbortController().signal).finally(() => (asking = undefined))
    kept = await asking
    signal.throwIfAborted()
    return kept
  }
}

async function fetchCredentials(deps: CredentialsDeps, signal: AbortSignal): Promise<AwsCredentials> {
  const { container, instance } = deps.identity
  if (container !== undefined) {
    // The file is replaced while we run, so it is read each time.
    const token = container.tokenFile === undefined ? container.token : (await deps.readFile(container.tokenFile, signal)).trim()
    return parse(await get(deps, container.url, token === undefined ? {} : { authorization: token }, signal))
  }
  if (!instance) throw accessError('platform.credentials_missing', { message: 'No credentials for our own AWS identity are configured.' })
  const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' }
  const session = { 'x-aws-ec2-metadata-token': await send(deps, 'PUT', `${INSTANCE}/latest/api/token`, ttl, signal) }
  const role = (await get(deps, INSTANCE + ROLES, session, signal)).split('\n')[0]?.trim() ?? ''
  return parse(await get(deps, INSTANCE + ROLES + encodeURIComponent(role), session, signal))
}

function parse(text: string): AwsCredentials {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not kept as the cause: it would quote the answer.
  }
  const answer = answerSchema.safeParse(value)
  if (!answer.success) throw missing('answered something that is not a credential')
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = answer.data
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expiresAt: Date.parse(Expiration) }
}

const get = (deps: CredentialsDeps, url: string, headers: HttpRequest['headers'], signal: AbortSignal) =>
  send(deps, 'GET', url, headers, signal)

async function send(
  deps: CredentialsDeps,
  method: 'GET' | 'PUT',
  url: string,
  headers: HttpRequest['headers'],
  signal: AbortSignal,
): Promise<string> {
  const response = await deps.transport({ method, url: new URL(url), headers, operation: 'platform.GetCredentials' }, signal)
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body) {
    length += piece.length
    if (length > LARGEST) throw missing('answered too much')
    pieces.push(piece)
  }
  if (response.status !== 200) throw missing(`answered ${response.status}`)
  return Buffer.concat(pieces).toString('utf8')
}

function missing(what: string) {
  return accessError('platform.credentials_missing', { message: `The credential service of this machine ${what}.` })
}
