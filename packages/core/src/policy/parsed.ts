import type { QualifiedOperator } from './operators.ts'

/** Where a policy is attached: decides which elements it must and must not have. */
export type PolicyKind = 'identity' | 'resource' | 'trust'

/** One thing wrong with a document. */
export interface PolicyProblem {
  /** JSON pointer (RFC 6901) to the offending part; '' is the document. */
  readonly pointer: string
  readonly message: string
}

/** A policy document, well formed: every single value is a list, every default is written out. */
export interface ParsedPolicy {
  readonly version: '2008-10-17' | '2012-10-17'
  readonly id?: string
  readonly statements: readonly ParsedStatement[]
}

export interface ParsedStatement {
  readonly index: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  /** Whether `${…}` means a variable: only in version 2012-10-17. */
  readonly variables: boolean
  readonly principal?: ParsedPrincipal
  readonly action: Selection
  /** Absent in trust policies only. */
  readonly resource?: Selection
  readonly conditions: readonly ParsedCondition[]
}

/** Values, or everything but them. */
export interface Selection {
  readonly not: boolean
  readonly values: readonly string[]
}

export interface ParsedPrincipal {
  readonly not: boolean
  readonly entries: readonly PrincipalEntry[]
}

export type PrincipalEntry =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'account'; readonly accountId: string; readonly partition?: string }
  /** A user, role, session or federated user, by its whole ARN. */
  | { readonly kind: 'arn'; readonly arn: string }
  /** AIDA…, AROA…: what an ARN of a user or role becomes when it is stored, and stays when the user or role is deleted. */
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'canonical-user'; readonly id: string }

export interface ParsedCondition extends QualifiedOperator {
  /** As written in the policy. */
  readonly written: string
  readonly key: string
  readonly values: readonly string[]
}
