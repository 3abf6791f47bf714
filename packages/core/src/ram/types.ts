import type { Decision, NamedPolicy, RequestContext } from '../policy/types.ts'

/** Who asks, at Alibaba Cloud. */
export type RamPrincipal =
  | { readonly kind: 'anonymous' }
  /** The Alibaba Cloud account itself. */
  | { readonly kind: 'root'; readonly accountId: string }
  | { readonly kind: 'user'; readonly accountId: string; readonly userName: string; readonly userId: string }
  | {
      readonly kind: 'role-session'
      readonly accountId: string
      readonly roleName: string
      readonly sessionName: string
      readonly roleId?: string
    }
  /** Who comes with the token of an identity provider: `acs:ram::123:oidc-provider/name`. */
  | { readonly kind: 'federated'; readonly provider: string }
  /** `ecs.aliyuncs.com` */
  | { readonly kind: 'service'; readonly service: string }

/**
 * How the resource's own policy stands to those of the identity.
 * `trust`: a role's; it must allow, and so must the caller's own policies.
 * `bucket`: OSS's; either of them may allow, the resource's alone for callers of another account.
 * `none`: the resource has no policy of its own.
 */
export type RamRule = 'trust' | 'bucket' | 'none'

/** One authorisation question: may `principal` do `action` on `resource`? */
export interface RamQuestion {
  readonly principal: RamPrincipal
  /** `oss:GetObject` */
  readonly action: string
  /** A concrete resource name; never a pattern. */
  readonly resource: string
  /** Account that owns the resource. */
  readonly resourceAccount: string
  /** Condition keys known of the request. */
  readonly context: RequestContext
  readonly policies: RamPolicySet
  readonly rule: RamRule
}

export interface RamPolicySet {
  /** Attached to the user or role. */
  readonly identity?: readonly NamedPolicy[]
  /** Absent: no session policy was passed. */
  readonly session?: NamedPolicy
  /** The trust policy of a role or the policy of a bucket. */
  readonly resource?: NamedPolicy
}

/** The answer, in the form that AWS's evaluator gives it. Layers are identity, session and resource alone. */
export type RamDecision = Decision
