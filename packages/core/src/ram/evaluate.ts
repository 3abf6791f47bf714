import type { EvaluateOptions } from '../policy/evaluate.ts'
import type { NamedPolicy, PolicyLayer, StatementExplanation } from '../policy/types.ts'
import { askRamLayer, prepareRam, type RamVerdict } from './layer.ts'
import { ramAccountOf } from './principal.ts'
import type { RamDecision, RamQuestion } from './types.ts'

/** What each layer says; absent where it has no say. */
interface Verdicts {
  readonly session?: RamVerdict
  readonly identity: RamVerdict
  readonly resource: RamVerdict
}

/**
 * Decides one authorisation question as RAM does, and as OSS does with a bucket's policy. ACLs are not policies: where OSS
 * asks them, after an implicit deny, its caller does. Throws `policy.malformed`, and nothing else.
 *
 * https://help.aliyun.com/en/ram/policy-evaluation-process and https://help.aliyun.com/en/oss/user-guide/authentication
 */
export function evaluateRam(question: RamQuestion, options: EvaluateOptions = {}): RamDecision {
  const explanations: StatementExplanation[] | undefined = options.explain ? [] : undefined
  const verdicts = askAll(question, explanations)
  const decision = decide(question, verdicts)
  return explanations ? { ...decision, explanation: explanations } : decision
}

function askAll(question: RamQuestion, explanations?: StatementExplanation[]): Verdicts {
  const { policies, principal, rule, resourceAccount } = question
  const request = prepareRam(question)
  const ask = (layer: PolicyLayer, of: readonly NamedPolicy[], kind: 'identity' | 'trust' | 'bucket'): RamVerdict =>
    askRamLayer(layer, of, kind, request, explanations)
  const { session, resource } = policies
  // Of a caller of another account, OSS does not ask the policies at all: the bucket's own decides alone.
  const hasIdentity =
    (principal.kind === 'user' || principal.kind === 'role-session') && (rule === 'trust' || principal.accountId === resourceAccount)
  return {
    ...(session && principal.kind === 'role-session' ? { session: ask('session', [session], 'identity') } : {}),
    identity: hasIdentity ? ask('identity', policies.identity ?? [], 'identity') : {},
    resource: resource && rule !== 'none' ? ask('resource', [resource], rule) : {},
  }
}

function decide(question: RamQuestion, { session, identity, resource }: Verdicts): RamDecision {
  const deny = session?.deny ?? resource.deny ?? identity.deny
  if (deny) return { allowed: false, effect: 'explicit-deny', layer: deny.layer, decidedBy: deny }
  if (session && !session.allow) return denied('session')
  switch (question.rule) {
    case 'trust':
      return decideTrust(question, identity, resource)
    case 'bucket':
      return decideBucket(question, identity, resource)
    default:
      if (!isOwnAccount(question)) return denied('identity')
      return question.principal.kind === 'root' || identity.allow ? allowed(identity) : denied('identity')
  }
}

/** A role's trust policy must allow it, and so must the caller's own policies: in one account as across two. */
function decideTrust({ principal }: RamQuestion, identity: RamVerdict, resource: RamVerdict): RamDecision {
  // "Roles may not be assumed by root accounts."
  if (principal.kind === 'root') return denied('identity')
  if (!resource.allow) return denied('resource')
  const isOutside = principal.kind === 'federated' || principal.kind === 'service'
  return isOutside || identity.allow ? allowed(resource) : denied('identity')
}

function decideBucket(question: RamQuestion, identity: RamVerdict, resource: RamVerdict): RamDecision {
  const isOwn = isOwnAccount(question)
  if (isOwn && question.principal.kind === 'root') return allowed(resource)
  if (identity.allow) return allowed(identity)
  if (resource.allow) return allowed(resource)
  return denied(isOwn ? 'identity' : 'resource')
}

function isOwnAccount({ principal, resourceAccount }: RamQuestion): boolean {
  return ramAccountOf(principal) === resourceAccount
}

function denied(layer: PolicyLayer): RamDecision {
  return { allowed: false, effect: 'implicit-deny', layer }
}

function allowed({ allow }: RamVerdict): RamDecision {
  return { allowed: true, effect: 'allow', ...(allow ? { decidedBy: allow } : {}) }
}
