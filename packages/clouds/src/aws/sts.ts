import { type Clock, type HttpResponse, type Transport, accessError } from '@sluice/core'
import { readText } from '../http/body.ts'
import { type XmlElement, child, childText, parseXml } from '../http/xml.ts'
import type { AwsCredentials } from '../s3-protocol/credentials.ts'
import { encodeQuery } from '../store/encoding.ts'
import { vendorError } from '../s3-protocol/errors.ts'
import { signRequest, unsigned } from '../s3-protocol/sign.ts'
import { secretsOf } from '../s3-protocol/withheld.ts'
import { stsOrigin } from './partition.ts'
import { webIdentityError } from './web-identity-error.ts'

/** Where STS is asked. */
export interface StsPlace {
  readonly transport: Transport
  readonly clock: Clock
  readonly region: string
  readonly tenant?: string
}

/** With what and where STS is asked. */
export interface StsCaller extends StsPlace {
  readonly credentials: AwsCredentials
}

/** What is asked of a role, by whatever proof. */
export interface RoleRequest {
  readonly roleArn: string
  readonly sessionName: string
  readonly durationSeconds: number
  /** Session policy as JSON; absent means the role's own permissions. */
  readonly policy?: string
}

export interface AssumeRoleRequest extends RoleRequest {
  readonly externalId?: string
}

export interface WebIdentityRequest extends RoleRequest {
  /** A token of ours. */
  readonly token: string
}

/** A session of a role. */
export interface AssumedRole {
  readonly credentials: AwsCredentials & { readonly sessionToken: string; readonly expiresAt: number }
  /** arn:aws:sts::123456789012:assumed-role/name/session */
  readonly arn: string
}

/** Who a credential is. */
export interface CallerIdentity {
  readonly accountId: string
  readonly arn: string
  readonly userId: string
}

const ANSWER_LIMIT = 256 * 1024
const NO_HEADERS: { readonly [name: string]: string } = {}

/** Assumes a role. A refusal is `aws.sts.denied`; STS says no more than that to strangers. */
export async function assumeRole(caller: StsCaller, request: AssumeRoleRequest, signal: AbortSignal): Promise<AssumedRole> {
  const { externalId } = request
  const parameters = { ...roleParameters(request), ...(externalId === undefined ? {} : { ExternalId: externalId }) }
  return session(await ask(caller, 'AssumeRole', parameters, `role ${request.roleArn}`, signal))
}

/**
 * Assumes a role with a token of an OpenID Connect issuer. The request carries no signature: the token is the proof.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export async function assumeRoleWithWebIdentity(place: StsPlace, request: WebIdentityRequest, signal: AbortSignal): Promise<AssumedRole> {
  const parameters = { ...roleParameters(request), WebIdentityToken: request.token }
  return session(await ask(place, 'AssumeRoleWithWebIdentity', parameters, `role ${request.roleArn}`, signal))
}

function roleParameters(request: RoleRequest): { readonly [name: string]: string } {
  return {
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    DurationSeconds: String(request.durationSeconds),
    ...(request.policy === undefined ? {} : { Policy: request.policy }),
  }
}

function session(result: XmlElement | undefined): AssumedRole {
  const credentials = child(result, 'Credentials')
  const expiresAt = Date.parse(required(credentials, 'Expiration'))
  if (Number.isNaN(expiresAt)) throw malformed('Expiration')
  return {
    credentials: {
      accessKeyId: required(credentials, 'AccessKeyId'),
      secretAccessKey: required(credentials, 'SecretAccessKey'),
      sessionToken: required(credentials, 'SessionToken'),
      expiresAt,
    },
    arn: childText(child(result, 'AssumedRoleUser'), 'Arn') ?? '',
  }
}

/** Asks STS who the credential is: needs no permission, so only a bad credential fails. */
export async function getCallerIdentity(caller: StsCaller, signal: AbortSignal): Promise<CallerIdentity> {
  const result = await ask(caller, 'GetCallerIdentity', {}, 'our credential', signal)
  return { accountId: required(result, 'Account'), arn: required(result, 'Arn'), userId: required(result, 'UserId') }
}

async function ask(
  caller: StsPlace | StsCaller,
  operation: string,
  parameters: { readonly [name: string]: string },
  subject: string,
  signal: AbortSignal,
): Promise<XmlElement | undefined> {
  const body = new TextEncoder().encode(encodeQuery({ Action: operation, Version: '2011-06-15', ...parameters }))
  const bare = {
    method: 'POST',
    origin: stsOrigin(caller.region),
    path: '/',
    query: NO_HEADERS,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
  } as const
  const credentials = 'credentials' in caller ? caller.credentials : undefined
  const request =
    credentials === undefined
      ? unsigned(bare)
      : await signRequest(bare, { service: 'sts', region: caller.region, credentials, now: caller.clock.now() })
  const response: HttpResponse = await caller.transport(
    { ...request, operation: `sts.${operation}`, ...(caller.tenant === undefined ? {} : { tenant: caller.tenant }) },
    signal,
  )
  const text = await readText(response, ANSWER_LIMIT, operation)
  if (response.status !== 200) {
    const { WebIdentityToken: token } = parameters
    const secrets = [...secretsOf(credentials), ...(token === undefined ? [] : tokenSecrets(token))]
    const error = vendorError({ operation, status: response.status, headers: response.headers, text, subject, secrets })
    throw token === undefined ? stsError(error) : webIdentityError(error)
  }
  return child(parseXml(text), `${operation}Result`)
}

/** A token, and its signature alone: what comes before that says only what everybody may know. */
function tokenSecrets(token: string): readonly string[] {
  return [token, token.slice(token.lastIndexOf('.') + 1)]
}

function stsError(error: ReturnType<typeof vendorError>): Error {
  if (error.reason !== 'aws.denied') return error
  return accessError('aws.sts.denied', { message: error.message, ...(error.provider ? { provider: error.provider } : {}), cause: error })
}

function required(element: XmlElement | undefined, name: string): string {
  const text = childText(element, name)
  if (text === undefined || text === '') throw malformed(name)
  return text
}

function malformed(name: string): Error {
  return accessError('network.protocol', { message: `The answer of STS has no ${name}.` })
}
