import { type Clock, type HttpRequest, type JsonObject, type Random, type Transport, accessError } from '@sluice/core'
import { readText } from '../http/body.ts'
import { jsonObject, jsonText, parseJsonObject } from '../http/json.ts'
import { encodeQuery } from '../store/encoding.ts'
import { type AliyunCredentials, secretsOf } from './credentials.ts'
import { aliyunError } from './errors.ts'
import { stsOrigin } from './region.ts'
import { rpcTime, signRpc } from './sign-rpc.ts'

/** Where STS is asked. */
export interface StsEndpoint {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly region: string
  readonly tenant?: string
}

/** Where STS is asked, and with what. */
export interface StsCaller extends StsEndpoint {
  readonly credentials: AliyunCredentials
}

export interface AssumeRoleRequest {
  readonly roleArn: string
  readonly sessionName: string
  readonly durationSeconds: number
  readonly externalId?: string
  /** Session policy as JSON; absent means the role's own permissions. */
  readonly policy?: string
}

export interface AssumeRoleWithOidcRequest extends Omit<AssumeRoleRequest, 'externalId'> {
  readonly providerArn: string
  readonly token: string
}

/** A session of a role. */
export interface AssumedRole {
  readonly credentials: AliyunCredentials & { readonly securityToken: string; readonly expiresAt: number }
  /** acs:ram::1234567890123456:assumed-role/name/session */
  readonly arn: string
}

/** Who a credential is. */
export interface AliyunIdentity {
  readonly accountId: string
  readonly arn: string
}

const VERSION = '2015-04-01'
const ANSWER_LIMIT = 256 * 1024

type Parameters = { readonly [name: string]: string }

/** Assumes a role that trusts the caller. A refusal is `aliyun.sts.denied`, or `aliyun.role.missing`: STS tells the two apart. */
export async function assumeRole(caller: StsCaller, request: AssumeRoleRequest, signal: AbortSignal): Promise<AssumedRole> {
  const parameters = {
    ...roleParameters(request),
    ...(request.externalId === undefined ? {} : { ExternalId: request.externalId }),
  }
  const subject = `role ${request.roleArn}`
  return assumedRole(await answered(caller, signedRequest(caller, 'AssumeRole', parameters), { operation: 'AssumeRole', subject }, signal))
}

/** Assumes a role that trusts our issuer, by a token of ours: no credential of ours in Alibaba Cloud takes part. */
export async function assumeRoleWithOidc(
  endpoint: StsEndpoint,
  request: AssumeRoleWithOidcRequest,
  signal: AbortSignal,
): Promise<AssumedRole> {
  const operation = 'AssumeRoleWithOIDC'
  const parameters = { ...roleParameters(request), OIDCProviderArn: request.providerArn, OIDCToken: request.token }
  const about = { operation, subject: `role ${request.roleArn}`, secrets: [request.token] }
  return assumedRole(await answered(endpoint, formRequest(endpoint, operation, parameters), about, signal))
}

/** Asks STS who the credential is: needs no permission, so only a bad credential fails. */
export async function getCallerIdentity(caller: StsCaller, signal: AbortSignal): Promise<AliyunIdentity> {
  const operation = 'GetCallerIdentity'
  const answer = await answered(caller, signedRequest(caller, operation, {}), { operation, subject: 'our credential' }, signal)
  return { accountId: required(answer, 'AccountId'), arn: required(answer, 'Arn') }
}

function roleParameters(request: Omit<AssumeRoleRequest, 'externalId'>): Parameters {
  return {
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    DurationSeconds: String(request.durationSeconds),
    ...(request.policy === undefined ? {} : { Policy: request.policy }),
  }
}

function assumedRole(answer: JsonObject): AssumedRole {
  const credentials = jsonObject(answer['Credentials']) ?? {}
  const expiresAt = Date.parse(required(credentials, 'Expiration'))
  if (Number.isNaN(expiresAt)) throw malformed('Expiration')
  return {
    credentials: {
      accessKeyId: required(credentials, 'AccessKeyId'),
      accessKeySecret: required(credentials, 'AccessKeySecret'),
      securityToken: required(credentials, 'SecurityToken'),
      expiresAt,
    },
    arn: jsonText(jsonObject(answer['AssumedRoleUser'])?.['Arn']) ?? '',
  }
}

async function answered(
  endpoint: StsEndpoint & { readonly credentials?: AliyunCredentials },
  request: Omit<HttpRequest, 'operation'>,
  about: { readonly operation: string; readonly subject: string; readonly secrets?: readonly string[] },
  signal: AbortSignal,
): Promise<JsonObject> {
  const { operation, subject } = about
  const tenant = endpoint.tenant === undefined ? {} : { tenant: endpoint.tenant }
  const response = await endpoint.transport({ ...request, operation: `sts.${operation}`, ...tenant }, signal)
  const text = await readText(response, ANSWER_LIMIT, operation)
  if (response.status !== 200) {
    const secrets = [...secretsOf(endpoint.credentials), ...(about.secrets ?? [])]
    throw aliyunError({ operation, status: response.status, headers: response.headers, text, subject, secrets })
  }
  const answer = parseJsonObject(text)
  if (answer === undefined) throw accessError('network.protocol', { message: `The answer of STS to ${operation} is not JSON.` })
  return answer
}

function signedRequest(caller: StsCaller, operation: string, parameters: Parameters): Omit<HttpRequest, 'operation'> {
  const request = { origin: stsOrigin(caller.region), operation, version: VERSION, parameters }
  return signRpc(request, { credentials: caller.credentials, now: caller.clock.now(), nonce: nonce(caller) })
}

function nonce({ random }: StsEndpoint): string {
  return Buffer.from(random.bytes(16)).toString('hex')
}

/** A request that carries its proof in itself: unsigned, and the token in the body, where no log of addresses finds it. */
function formRequest(endpoint: StsEndpoint, operation: string, parameters: Parameters): Omit<HttpRequest, 'operation'> {
  const origin = stsOrigin(endpoint.region)
  const search = encodeQuery({
    Action: operation,
    Format: 'JSON',
    SignatureNonce: nonce(endpoint),
    Timestamp: rpcTime(endpoint.clock.now()),
    Version: VERSION,
  })
  return {
    method: 'POST',
    url: new URL(`${origin}/?${search}`),
    target: `/?${search}`,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', host: new URL(origin).host },
    body: new TextEncoder().encode(encodeQuery(parameters)),
  }
}

function required(answer: JsonObject, name: string): string {
  const text = jsonText(answer[name])
  if (text === undefined) throw malformed(name)
  return text
}

function malformed(name: string): Error {
  return accessError('network.protocol', { message: `The answer of STS has no ${name}.` })
}
