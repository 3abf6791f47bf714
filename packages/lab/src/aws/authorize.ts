import {
  denialMessage,
  evaluate,
  type AccessQuestion,
  type Decision,
  type NamedPolicy,
  type PolicySet,
  type RequestContext,
} from '@sluice/core'
import type { Caller } from './caller.ts'
import { AwsError } from './error.ts'
import { guardRails } from './state/organizations.ts'

/** What is asked for, of a resource and its own policy. */
export interface Ask {
  readonly action: string
  readonly resource: string
  readonly resourceAccount: string
  readonly resourcePolicy?: NamedPolicy
  readonly resourceRule?: NonNullable<PolicySet['resourceRule']>
  readonly vpcEndpoint?: NamedPolicy
  readonly restrictPublicBuckets?: boolean
  readonly context?: RequestContext
}

/** Whether the caller may, and AWS's sentence about it when not. */
export interface Verdict {
  readonly decision: Decision
  /** `enhanced`: with the reason, which AWS tells within one account or organization only. */
  readonly message: (enhanced: boolean) => string
}

export function judge(caller: Caller, ask: Ask): Verdict {
  const rails = guardRails(caller.state, caller.accountId, ask.resourceAccount, ask.action.slice(0, ask.action.indexOf(':')))
  const question: AccessQuestion = {
    principal: caller.principal,
    action: ask.action,
    resource: ask.resource,
    resourceAccount: ask.resourceAccount,
    context: { ...caller.context, ...rails.context, ...ask.context },
    policies: {
      identity: caller.identity,
      ...rails.policies,
      ...(caller.boundary ? { boundary: caller.boundary } : {}),
      ...(caller.session ? { session: caller.session } : {}),
      ...(ask.resourcePolicy ? { resource: ask.resourcePolicy } : {}),
      ...(ask.resourceRule ? { resourceRule: ask.resourceRule } : {}),
      ...(ask.vpcEndpoint ? { vpcEndpoint: ask.vpcEndpoint } : {}),
      ...(ask.restrictPublicBuckets ? { restrictPublicBuckets: true } : {}),
    },
  }
  const decision = evaluate(question)
  return { decision, message: (enhanced) => denialMessage(question, decision, { enhanced }) }
}

/** Throws the AccessDenied of STS, IAM and KMS unless the caller may. */
export function demand(caller: Caller, ask: Ask, enhanced: boolean, code = 'AccessDenied', status = 403): void {
  const { decision, message } = judge(caller, ask)
  if (!decision.allowed) throw new AwsError(status, code, message(enhanced))
}
