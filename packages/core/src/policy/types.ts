import type { Json, JsonObject } from '../json.ts'

/** A policy document as JSON, unparsed: what an admin pasted or a cloud answered. */
export type PolicyDocument = JsonObject

/** Values of one condition key in a request. Single-valued keys have one. Names are matched without regard to case. */
export type RequestContext = { readonly [key: string]: string | readonly string[] }

/** Who asks. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'root'; readonly accountId: string; readonly partition?: string; readonly canonicalUserId?: string }
  | {
      readonly kind: 'user'
      readonly arn: string
      /** AIDA… */
      readonly userId?: string
      readonly tags?: { readonly [key: string]: string }
      /** S3's other name of the account. */
      readonly canonicalUserId?: string
    }
  | {
      readonly kind: 'role-session'
      /** arn:aws:iam::123456789012:role/path/name */
      readonly roleArn: string
      readonly sessionName: string
      /** AROA… */
      readonly roleId?: string
      readonly tags?: { readonly [key: string]: string }
      readonly canonicalUserId?: string
    }
  | { readonly kind: 'service'; readonly service: string }
  /** Who comes with the token of an identity provider: only to sts:AssumeRoleWithWebIdentity and sts:AssumeRoleWithSAML. */
  | { readonly kind: 'federated'; readonly provider: string }

/** A policy with the name to call it by in explanations. */
export interface NamedPolicy {
  readonly name: string
  readonly document: PolicyDocument
}

/** One IAM authorisation question: may `principal` do `action` on `resource`? */
export interface AccessQuestion {
  readonly principal: Principal
  /** `s3:GetObject` */
  readonly action: string
  /** A concrete ARN; never a pattern. */
  readonly resource: string
  /** Account that owns the resource. */
  readonly resourceAccount: string
  /** Keys known of the request. aws:PrincipalArn, aws:PrincipalAccount, aws:userid, s3:ResourceAccount and the like are derived when absent. */
  readonly context: RequestContext
  readonly policies: PolicySet
}

export interface PolicySet {
  readonly identity?: readonly NamedPolicy[]
  readonly boundary?: NamedPolicy
  /** Absent: no session policy was passed. An empty list means the same; an empty document allows nothing. */
  readonly session?: readonly NamedPolicy[]
  /** Bucket policy, key policy or trust policy. Absent: none attached. */
  readonly resource?: NamedPolicy
  /** How the resource policy stands to identity policies: KMS keys and trust policies must allow by themselves. */
  readonly resourceRule?: 'ordinary' | 'kms-key' | 'trust'
  /** One list per level of the organization (root, OUs, account): each level must allow. Absent: no organization. */
  readonly scps?: readonly (readonly NamedPolicy[])[]
  readonly rcps?: readonly (readonly NamedPolicy[])[]
  readonly vpcEndpoint?: NamedPolicy
  /** Block Public Access of the bucket: RestrictPublicBuckets keeps other accounts off a public policy. */
  readonly restrictPublicBuckets?: boolean
}

export type PolicyLayer = 'identity' | 'boundary' | 'session' | 'resource' | 'scp' | 'rcp' | 'vpc-endpoint' | 'public-access-block'

/** The answer, with what decided it. */
export interface Decision {
  readonly allowed: boolean
  readonly effect: 'allow' | 'explicit-deny' | 'implicit-deny'
  /** The layer that denied: of an explicit deny, where it stands; of an implicit one, the first that had to allow and did not. */
  readonly layer?: PolicyLayer
  /** Name of the deciding policy and index of its statement. */
  readonly decidedBy?: StatementRef
  /** Statement by statement: built only when asked for. */
  readonly explanation?: readonly StatementExplanation[]
}

export interface StatementRef {
  readonly layer: PolicyLayer
  readonly policy: string
  readonly index: number
  readonly sid?: string
}

export type MismatchPart = 'principal' | 'action' | 'resource' | 'condition'

export interface StatementExplanation extends StatementRef {
  readonly effect: 'Allow' | 'Deny'
  readonly matches: boolean
  /** What kept it from matching; empty when it matches. */
  readonly mismatches: readonly {
    readonly part: MismatchPart
    readonly detail: string
    readonly operator?: string
    readonly key?: string
    readonly expected?: Json
    readonly actual?: Json
  }[]
}
