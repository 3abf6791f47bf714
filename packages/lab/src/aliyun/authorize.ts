import {
  evaluateRam,
  type EvaluateOptions,
  type NamedPolicy,
  type RamDecision,
  type RamPrincipal,
  type RamQuestion,
  type RamRule,
  type RequestContext,
} from '@sluice/core'
import type { AliyunCaller } from './caller.ts'
import type { DeniedDetail } from './error.ts'

/** What is asked for, of a resource and its own policy. */
export interface RamAsk {
  readonly action: string
  readonly resource: string
  readonly resourceAccount: string
  readonly rule: RamRule
  readonly resourcePolicy?: NamedPolicy
  readonly context?: RequestContext
}

/** Whether the caller may. What the resource directory does not let the account do, its other policies are not asked about. */
export function judgeRam(caller: AliyunCaller, ask: RamAsk, options: EvaluateOptions = {}): RamDecision {
  const directory = caller.control && judgeControl(caller, ask, caller.control)
  if (directory?.allowed === false) return { ...directory, layer: 'scp' }
  const question: RamQuestion = {
    principal: caller.principal,
    action: ask.action,
    resource: ask.resource,
    resourceAccount: ask.resourceAccount,
    rule: ask.rule,
    context: { ...caller.context, ...ask.context },
    policies: {
      identity: caller.identity,
      ...(caller.session ? { session: caller.session } : {}),
      ...(ask.resourcePolicy ? { resource: ask.resourcePolicy } : {}),
    },
  }
  return evaluateRam(question, options)
}

function judgeControl({ principal, accountId, context }: AliyunCaller, ask: RamAsk, control: readonly NamedPolicy[]): RamDecision {
  return evaluateRam({
    principal,
    action: ask.action,
    resource: ask.resource,
    // Within the account or not, a control policy holds all the same.
    resourceAccount: accountId ?? ask.resourceAccount,
    rule: 'none',
    context: { ...context, ...ask.context },
    policies: { identity: control },
  })
}

const PRINCIPAL_TYPES: { readonly [kind in RamPrincipal['kind']]?: DeniedDetail['principalType'] } = {
  root: 'Account',
  user: 'SubUser',
  'role-session': 'AssumedRoleUser',
}

/** What Alibaba Cloud tells of a denial; nothing to callers who did not sign. */
export function deniedDetail(caller: AliyunCaller, { action, rule }: RamAsk, decision: RamDecision): DeniedDetail | undefined {
  const principalType = PRINCIPAL_TYPES[caller.principal.kind]
  if (!principalType) return undefined
  return {
    authAction: action,
    policyType: policyType(decision, rule),
    noPermissionType: decision.effect === 'explicit-deny' ? 'ExplicitDeny' : 'ImplicitDeny',
    principalType,
    principalName: displayName(caller),
    principalOwner: caller.accountId ?? '',
  }
}

function displayName({ principal, userId }: AliyunCaller): string {
  return principal.kind === 'role-session' ? `${principal.roleName}:${principal.sessionName}` : userId
}

function policyType({ layer }: RamDecision, rule: RamRule): DeniedDetail['policyType'] {
  if (layer === 'scp') return 'ControlPolicy'
  if (layer === 'session') return 'SessionPolicy'
  if (layer === 'resource') return rule === 'trust' ? 'AssumeRolePolicy' : 'ResourceBasedPolicy'
  return 'AccountLevelIdentityBasedPolicy'
}

/** The blob that only ram:DecodeDiagnosticMessage reads. The lab's says nothing that the other fields do not. */
function diagnosticMessage({ authAction, policyType: type, noPermissionType }: DeniedDetail): string {
  return Buffer.from(`AQIBIAAAA${authAction}|${type}|${noPermissionType}`).toString('base64')
}

/** A denial's detail, as every API of Alibaba Cloud's tells it. */
export function deniedFields(denied: DeniedDetail): { readonly [name: string]: string } {
  return {
    PolicyType: denied.policyType,
    AuthPrincipalOwnerId: denied.principalOwner,
    AuthPrincipalType: denied.principalType,
    AuthPrincipalDisplayName: denied.principalName,
    NoPermissionType: denied.noPermissionType,
    AuthAction: denied.authAction,
    EncodedDiagnosticMessage: diagnosticMessage(denied),
  }
}
