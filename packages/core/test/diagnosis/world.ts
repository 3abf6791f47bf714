import { isObject } from '../../src/policy/shapes.ts'
import { objectOf } from './object-of.ts'
import {
  evaluate,
  simulateS3Call,
  type JsonObject,
  type NamedPolicy,
  type PolicyDocument,
  type Principal,
  type RequestContext,
  type S3Call,
} from '../../src/index.ts'

/** What is asked of the world of a case: a call of S3, by whom. */
export interface Call {
  readonly principal: Principal
  readonly call: S3Call
}

/** What no case shows, as it is in the world that patches are tried in: our address, region and TLS, and an organization that is not the customer's. */
const SURROUNDINGS: RequestContext = {
  'aws:SecureTransport': 'true',
  'aws:ViaAWSService': 'false',
  'aws:PrincipalIsAWSService': 'false',
  'aws:SourceIp': '192.0.2.9',
  'aws:RequestedRegion': 'us-west-2',
  'aws:MultiFactorAuthPresent': 'false',
  's3:TlsVersion': '1.2',
  's3:signatureversion': 'AWS4-HMAC-SHA256',
}

const ANY: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const ANY_RESOURCE: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] }

/** Whether a call is allowed by the documents of a case, asked of the evaluator and of nothing of diagnosis. `own`: by the connection's own role. */
export function isAllowed({ principal, call }: Call, documents: JsonObject, own: boolean, abroad: boolean): boolean {
  const account = accountOf(principal)
  const keyPolicies = Object.entries(objectOf(documents['keyPolicies'])).map(
    ([arn, document]) => [arn, policy(`key ${arn}`, document)] as const,
  )
  const key = call.kms?.keyArn
  const stand =
    key === undefined || keyPolicies.some(([arn]) => arn === key) ? [] : [[key, { name: 'key', document: rootPolicy(account) }] as const]
  const block = objectOf(documents['publicAccessBlock'])['RestrictPublicBuckets'] === true
  return simulateS3Call({
    call,
    principal,
    bucketOwner: abroad ? '999999999999' : BUCKET_ACCOUNT,
    context: SURROUNDINGS,
    policies: {
      identity: own
        ? (several(documents['rolePolicies'], 'role') ?? [{ name: 'unknown', document: ANY }])
        : [{ name: 'unknown', document: ANY }],
      ...(own && isObject(documents['boundary']) ? { boundary: policy('boundary', documents['boundary']) } : {}),
      ...(own && isObject(documents['sessionPolicy']) ? { session: [policy('session', documents['sessionPolicy'])] } : {}),
      ...levels('scps', documents, ANY),
      ...levels('rcps', documents, ANY_RESOURCE),
      ...(isObject(documents['vpcEndpointPolicy']) ? { vpcEndpoint: policy('endpoint', documents['vpcEndpointPolicy']) } : {}),
      ...(block ? { restrictPublicBuckets: true } : {}),
    },
    ...(isObject(documents['bucketPolicy']) ? { bucketPolicy: policy('bucket', documents['bucketPolicy']) } : {}),
    keyPolicies: Object.fromEntries([...keyPolicies, ...stand]),
  }).allowed
}

/** The account of the customer in the scenarios. */
export const BUCKET_ACCOUNT = '105880447796'

/** Whether a principal with an external id may assume the role. */
export function mayAssume(principal: Principal, externalId: string | undefined, documents: JsonObject): boolean {
  const trust = documents['trustPolicy']
  return evaluate({
    principal,
    action: 'sts:AssumeRole',
    resource: `arn:aws:iam::${BUCKET_ACCOUNT}:role/sluice-acme`,
    resourceAccount: BUCKET_ACCOUNT,
    context: { ...SURROUNDINGS, 'aws:PrincipalOrgID': 'o-platform', ...(externalId === undefined ? {} : { 'sts:ExternalId': externalId }) },
    policies: {
      identity: [{ name: 'unknown', document: ANY }],
      ...(isObject(trust) ? { resource: policy('trust', trust), resourceRule: 'trust' as const } : {}),
      ...levels('rcps', documents, ANY_RESOURCE),
    },
  }).allowed
}

function levels(
  name: 'scps' | 'rcps',
  documents: JsonObject,
  full: PolicyDocument,
): { readonly [level in 'scps' | 'rcps']?: readonly (readonly NamedPolicy[])[] } {
  const all = several(documents[name], name)
  if (all === undefined) return {}
  const allows = /"Effect":"Allow"/.test(JSON.stringify(documents[name]))
  return { [name]: [allows ? all : [...all, { name: 'full', document: full }]] }
}

function several(list: unknown, name: string): readonly NamedPolicy[] | undefined {
  return Array.isArray(list) ? list.map((document: JsonObject, index) => policy(`${name} ${index}`, document)) : undefined
}

function policy(name: string, document: unknown): NamedPolicy {
  // The scenarios hold policies where policies belong.
  return { name, document: document as PolicyDocument }
}

function rootPolicy(account: string): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' }] }
}

function accountOf(principal: Principal): string {
  if (principal.kind === 'role-session') return principal.roleArn.split(':')[4] ?? ''
  return principal.kind === 'user' ? (principal.arn.split(':')[4] ?? '') : ''
}
