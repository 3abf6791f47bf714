import { parseArn, type Arn } from './arn.ts'
import type { AccessQuestion, Principal, RequestContext } from './types.ts'

/** The names under which a policy may name the one who asks. */
export interface PrincipalNames {
  readonly kind: Principal['kind']
  /** The session's, user's or root's ARN, the service, the provider; undefined when anonymous. */
  readonly self?: string
  /** The role behind a session. */
  readonly role?: string
  readonly account?: string
  readonly partition?: string
  /** AIDA… of a user, AROA… of a session's role. */
  readonly id?: string
  readonly canonicalUserId?: string
}

/** What conditions look at. */
export interface ConditionValues {
  /** The values of a condition key (lower case), or undefined when the request has none. */
  readonly values: (key: string) => readonly string[] | undefined
  /** The value of a key that has exactly one. */
  readonly single: (key: string) => string | undefined
}

/** A question, prepared: names derived, condition keys looked up without regard to case. */
export interface PreparedRequest extends ConditionValues {
  /** Lower case. */
  readonly action: string
  /** As it was asked. */
  readonly actionAsked: string
  readonly resource: string
  readonly principal: PrincipalNames
}

/** The names of a principal. */
export function principalNames(principal: Principal): PrincipalNames {
  switch (principal.kind) {
    case 'anonymous':
      return { kind: 'anonymous' }
    case 'service':
      return { kind: 'service', self: principal.service }
    case 'federated':
      return { kind: 'federated', self: principal.provider }
    case 'root': {
      const partition = principal.partition ?? 'aws'
      return {
        kind: 'root',
        self: `arn:${partition}:iam::${principal.accountId}:root`,
        account: principal.accountId,
        partition,
        ...canonical(principal),
      }
    }
    case 'user': {
      const arn = parseArn(principal.arn)
      return {
        kind: 'user',
        self: principal.arn,
        ...(arn ? { account: arn.account, partition: arn.partition } : {}),
        ...(principal.userId === undefined ? {} : { id: principal.userId }),
        ...canonical(principal),
      }
    }
    default: {
      const arn = parseArn(principal.roleArn)
      return {
        kind: 'role-session',
        self: sessionOf(arn, principal.roleArn, principal.sessionName),
        role: principal.roleArn,
        ...(arn ? { account: arn.account, partition: arn.partition } : {}),
        ...(principal.roleId === undefined ? {} : { id: principal.roleId }),
        ...canonical(principal),
      }
    }
  }
}

function canonical(principal: { readonly canonicalUserId?: string }): { readonly canonicalUserId?: string } {
  return principal.canonicalUserId === undefined ? {} : { canonicalUserId: principal.canonicalUserId }
}

/** The ARN of a role's session: without the role's path, in the service sts. */
export function sessionArn(roleArn: string, sessionName: string): string {
  return sessionOf(parseArn(roleArn), roleArn, sessionName)
}

function sessionOf(arn: Arn | undefined, roleArn: string, sessionName: string): string {
  return `arn:${arn?.partition ?? 'aws'}:sts::${arn?.account ?? ''}:assumed-role/${nameOf(roleArn)}/${sessionName}`
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

/** Prepares a question for any number of statements. */
export function prepare(question: Omit<AccessQuestion, 'policies'>): PreparedRequest {
  const principal = principalNames(question.principal)
  return {
    action: question.action.toLowerCase(),
    actionAsked: question.action,
    resource: question.resource,
    principal,
    ...conditionValues(question.context, (key) => derive(key, question, principal)),
  }
}

/** The values of condition keys: those that are given, and those that `derive` knows. Keys are looked up without regard to case. */
export function conditionValues(context: RequestContext, derive: (key: string) => string | undefined): ConditionValues {
  let known: Map<string, readonly string[]> | undefined
  const values = (key: string): readonly string[] | undefined => {
    known ??= lowerCased(context)
    const given = known.get(key)
    if (given !== undefined) return given.length === 0 ? undefined : given
    const derived = derive(key)
    return derived === undefined ? undefined : [derived]
  }
  return {
    values,
    single: (key) => {
      const found = values(key)
      return found?.length === 1 ? found[0] : undefined
    },
  }
}

function lowerCased(context: RequestContext): Map<string, readonly string[]> {
  const known = new Map<string, readonly string[]>()
  for (const key in context) {
    const value = context[key]
    if (value !== undefined) known.set(key.toLowerCase(), typeof value === 'string' ? [value] : value)
  }
  return known
}

const TAG = 'aws:principaltag/'

/** What AWS itself puts into the context, so that callers need not: see "AWS global condition context keys". */
function derive(key: string, question: Omit<AccessQuestion, 'policies'>, names: PrincipalNames): string | undefined {
  const { principal } = question
  switch (key) {
    case 'aws:principalarn':
      return principal.kind === 'role-session' ? names.role : names.account === undefined ? undefined : names.self
    case 'aws:principalaccount':
      return names.account
    case 'aws:principaltype':
      return PRINCIPAL_TYPES[principal.kind]
    case 'aws:userid':
      return userId(principal)
    case 'aws:username':
      return principal.kind === 'user' ? nameOf(principal.arn) : undefined
    case 'aws:principalisawsservice':
      return principal.kind === 'anonymous' ? undefined : String(principal.kind === 'service')
    case 'aws:principalservicename':
      return principal.kind === 'service' ? principal.service : undefined
    case 'aws:federatedprovider':
      return principal.kind === 'federated' ? principal.provider : undefined
    case 'aws:resourceaccount':
      return question.resourceAccount || undefined
    case 's3:resourceaccount':
      return question.action.toLowerCase().startsWith('s3:') ? question.resourceAccount || undefined : undefined
    case 'kms:calleraccount':
      return question.action.toLowerCase().startsWith('kms:') ? names.account : undefined
    default:
      return key.startsWith(TAG) ? tagOf(principal, key.slice(TAG.length)) : undefined
  }
}

const PRINCIPAL_TYPES: { readonly [kind in Principal['kind']]?: string } = {
  anonymous: 'Anonymous',
  root: 'Account',
  user: 'User',
  'role-session': 'AssumedRole',
}

function userId(principal: Principal): string | undefined {
  if (principal.kind === 'root') return principal.accountId
  if (principal.kind === 'user') return principal.userId
  return principal.kind === 'role-session' && principal.roleId !== undefined ? `${principal.roleId}:${principal.sessionName}` : undefined
}

function tagOf(principal: Principal, name: string): string | undefined {
  const tags = principal.kind === 'user' || principal.kind === 'role-session' ? principal.tags : undefined
  return Object.entries(tags ?? {}).find(([key]) => key.toLowerCase() === name)?.[1]
}
