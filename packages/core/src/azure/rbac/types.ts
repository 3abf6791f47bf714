import type { BlobOperation, BlobPermission } from '../blob-operations.ts'

/** What a role allows, as `az role definition list` prints it. Names may have `*` in them. */
export interface RoleDefinition {
  /** The GUID at the end of its id. */
  readonly id: string
  readonly name: string
  readonly permissions: readonly RolePermissions[]
}

export interface RolePermissions {
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
  readonly dataActions: readonly string[]
  readonly notDataActions: readonly string[]
}

/** A role given to an identity at a scope, as `az role assignment list` prints it. */
export interface RoleAssignment {
  /** Object id of a user, group, service principal or managed identity; never an application's. */
  readonly principalId: string
  /** A resource id that ends in the GUID of the definition, or that GUID alone. */
  readonly roleDefinitionId: string
  readonly roleDefinitionName?: string
  /** `/subscriptions/…`: everything below it is meant too. */
  readonly scope: string
  /** An expression that must hold besides. */
  readonly condition?: string
}

/** What is denied whatever roles give, as blueprints, managed applications and deployment stacks make it. */
export interface DenyAssignment {
  readonly name?: string
  readonly principalIds: readonly string[]
  readonly excludedPrincipalIds: readonly string[]
  readonly scope: string
  readonly permissions: readonly RolePermissions[]
}

/** What a question is about: an account, and in it perhaps a container, a blob or a listing. */
export interface BlobResource {
  /** `/subscriptions/…/providers/Microsoft.Storage/storageAccounts/NAME` */
  readonly accountId: string
  readonly container?: string
  readonly path?: string
  /** Of a listing. */
  readonly prefix?: string
  readonly hierarchical?: boolean
  readonly isCurrentVersion?: boolean
  /** Management groups above the subscription, by name. Absent: not known. */
  readonly managementGroups?: readonly string[]
}

/** May an identity do this? */
export interface RbacQuestion {
  /** Object ids of the identity and of the groups it is in. */
  readonly principalIds: readonly string[]
  readonly operation: BlobOperation
  readonly resource: BlobResource
  readonly assignments: readonly RoleAssignment[]
  /** They count before the assignments. */
  readonly denials?: readonly DenyAssignment[]
  /** Custom roles. The built-in ones that touch storage are known. */
  readonly definitions?: readonly RoleDefinition[]
}

/** Why an assignment gives nothing here, or whether it does. */
export type AssignmentVerdict =
  | { readonly grants: 'yes'; readonly permission: BlobPermission }
  | { readonly grants: 'no'; readonly because: 'principal' | 'scope' | 'role' | 'condition'; readonly detail: string }
  | { readonly grants: 'unknown'; readonly because: 'scope' | 'role' | 'condition'; readonly detail: string }

export type AssignmentExplanation = AssignmentVerdict & { readonly assignment: RoleAssignment }

/**
 * The answer of roles alone. `unknown` where a scope, a role or a condition was not understood and it could have allowed.
 * In accounts with a hierarchical namespace access control lists decide besides.
 */
export interface RbacDecision {
  readonly outcome: 'allowed' | 'denied' | 'unknown'
  /** Any one of these is needed. */
  readonly needed: readonly BlobPermission[]
  readonly explanations: readonly AssignmentExplanation[]
}
