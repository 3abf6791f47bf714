import type { DenyRule } from '@sluice/core'

/** What stands over everything in a project, whatever its allow policies give. */
export interface ProjectGuards {
  readonly billing: 'open' | 'closed' | 'absent'
  /** APIs that are not enabled in it: `iamcredentials.googleapis.com`. */
  readonly disabledServices: readonly string[]
  /** Of all deny policies that hold for it, those of its folder and its organization included. */
  readonly denyRules: readonly DenyRule[]
  /** A service perimeter around its Cloud Storage, with those whom its ingress rules let in, as bindings name them. */
  readonly perimeter: { readonly ingress: readonly string[] } | undefined
  readonly constraints: Constraints
}

/** Constraints of the organization, as far as the lab enforces them. https://cloud.google.com/storage/docs/org-policy-constraints */
export interface Constraints {
  /** Services that may not be used. */
  readonly 'gcp.restrictServiceUsage'?: readonly string[]
  /** Services that keep nothing but under keys of the customer. */
  readonly 'gcp.restrictNonCmekServices'?: readonly string[]
  readonly 'storage.publicAccessPrevention'?: true
  readonly 'storage.uniformBucketLevelAccess'?: true
  /** Retention periods that a bucket may have. */
  readonly 'storage.retentionPolicySeconds'?: readonly number[]
}

export const UNGUARDED: ProjectGuards = { billing: 'open', disabledServices: [], denyRules: [], perimeter: undefined, constraints: {} }

/** A principal access boundary policy, bound to a set of principals: wherever else they are granted something, it does not count. */
export interface PrincipalBoundary {
  /** A project, for its service accounts and its pools. */
  readonly principalsOf: string
  /** Ids of projects. */
  readonly projects: readonly string[]
}

/** Who may reach a bucket from where. https://cloud.google.com/storage/docs/ip-filtering-overview */
export interface IpFilter {
  readonly mode: 'Enabled' | 'Disabled'
  readonly publicNetworkSource?: { readonly allowedIpCidrRanges: readonly string[] }
}
