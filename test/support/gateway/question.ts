import { type NamedPolicy, type Principal, type RequestContext, type S3Call, type S3Operation, evaluate, expandS3Call } from '@sluice/core'

/** The account whose buckets are asked for, and another one. The gateway calls them tenants. */
export const OWNER = '987654321987'
export const OTHER = '123456789012'
export const BUCKET = 'lake'
export const NEIGHBOUR = 'lake-2'
export const SESSION = 'sluice'
export const USER_AGENT = 'second-opinion'

/** Who asks: the bucket's owner, two users and a role of its account, a user and a role of another account, or nobody known. */
export type Caller = 'owner' | 'alice' | 'bob' | 'reader' | 'carol' | 'visitor' | 'anonymous'

export const CALLERS: { readonly [caller in Caller]: Principal } = {
  // The gateway gives the user who made the bucket what AWS gives the account's root user.
  owner: { kind: 'root', accountId: OWNER },
  alice: { kind: 'user', arn: `arn:aws:iam::${OWNER}:user/alice` },
  bob: { kind: 'user', arn: `arn:aws:iam::${OWNER}:user/bob` },
  reader: { kind: 'role-session', roleArn: `arn:aws:iam::${OWNER}:role/reader`, sessionName: SESSION },
  carol: { kind: 'user', arn: `arn:aws:iam::${OTHER}:user/carol` },
  visitor: { kind: 'role-session', roleArn: `arn:aws:iam::${OTHER}:role/visitor`, sessionName: SESSION },
  anonymous: { kind: 'anonymous' },
}

/** A statement as these suites write it: every list is one. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: '*' | { readonly AWS: readonly string[] }
  readonly NotPrincipal?: { readonly AWS: readonly string[] }
  readonly Action?: readonly string[]
  readonly NotAction?: readonly string[]
  readonly Resource?: readonly string[]
  readonly NotResource?: readonly string[]
  readonly Condition?: Conditions
}
export type Conditions = { readonly [operator: string]: { readonly [key: string]: readonly string[] } }

/** The policies in force and who asks. Absent: no such policy. */
export interface Scenario {
  readonly caller: Caller
  readonly identity?: readonly Statement[]
  readonly session?: readonly Statement[]
  readonly bucket?: readonly Statement[]
}

/** One permission that a call needs, under the policies of a scenario. */
export interface Question extends Scenario {
  readonly principal: Principal
  readonly operation: S3Operation
  readonly action: string
  readonly resource: string
  readonly context: RequestContext
}

/** What a call needs, permission by permission. */
export function questionsOf(scenario: Scenario, call: S3Call, now: number): readonly Question[] {
  const request: RequestContext = {
    'aws:SourceIp': '127.0.0.1',
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:UserAgent': USER_AGENT,
  }
  const { bucket, ...others } = scenario
  return expandS3Call(call).map(({ action, resource, context }) => ({
    ...others,
    // The policy is that of one bucket; its neighbour has none.
    ...(bucket !== undefined && `${resource}/`.startsWith(`arn:aws:s3:::${BUCKET}/`) ? { bucket } : {}),
    principal: CALLERS[scenario.caller],
    operation: call.operation,
    action,
    resource,
    context: { ...request, ...context },
  }))
}

/** What our evaluator says to one question. */
export function isAllowed({ principal, action, resource, context, identity, session, bucket }: Question): boolean {
  return evaluate({
    principal,
    action,
    resource,
    resourceAccount: OWNER,
    context,
    policies: {
      ...(identity === undefined ? {} : { identity: [policy('identity', identity)] }),
      ...(session === undefined ? {} : { session: [policy('session', session)] }),
      ...(bucket === undefined ? {} : { resource: policy('bucket', bucket) }),
    },
  }).allowed
}

/** The document of some statements. */
export function documentOf(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

function policy(name: string, statements: readonly Statement[]): NamedPolicy {
  return { name, document: JSON.parse(documentOf(statements)) }
}

/** The statements of somebody who may do everything. */
export const EVERYTHING: readonly Statement[] = [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }]
