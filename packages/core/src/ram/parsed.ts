import type { ParsedCondition, Selection } from '../policy/parsed.ts'

/** Where a policy is attached: decides how it names principals, and whether it names resources. */
export type RamPolicyKind = 'identity' | 'trust' | 'bucket'

/** A policy document of RAM, well formed: every single value is a list. */
export interface ParsedRamPolicy {
  readonly statements: readonly ParsedRamStatement[]
}

export interface ParsedRamStatement {
  readonly index: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly principal?: ParsedRamPrincipal
  readonly action: Selection
  /** Absent in trust policies only. */
  readonly resource?: Selection
  readonly conditions: readonly ParsedCondition[]
}

export interface ParsedRamPrincipal {
  readonly not: boolean
  readonly entries: readonly RamPrincipalEntry[]
}

export type RamPrincipalEntry =
  | { readonly kind: 'everyone' }
  /** Every user and role of the account, and the account itself. */
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'user'; readonly accountId: string; readonly name: string }
  | { readonly kind: 'role'; readonly accountId: string; readonly name: string }
  /** A bucket policy's: the UID of a RAM user, or of an account, which then stands for its users and roles too. */
  | { readonly kind: 'uid'; readonly uid: string }
  /** A bucket policy's: `arn:sts::123:assumed-role/role/session`, with wildcards. */
  | { readonly kind: 'session'; readonly pattern: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'federated'; readonly provider: string }
