import type { Artifact, Json, JsonObject } from '@sluice/core'
import { type Node, toJson } from '../../setup/text.ts'
import { checkSize } from './limits.ts'
import { bucketPolicies, permissionPolicy } from './permission-policy.ts'
import type { SetupPlan } from './plan.ts'
import { trustPolicy } from './trust-policy.ts'
import { jsonArtifact, numbered } from '../../setup/artifacts.ts'

/** A policy with its slots for the templates, and filled in for people. */
export interface PolicyDocument {
  readonly node: Node
  readonly document: JsonObject
}

/** The policies of one setup. */
export interface SetupDocuments {
  readonly permission: PolicyDocument
  readonly trust: PolicyDocument | undefined
  /** To add to the policies of buckets in another account. */
  readonly buckets: readonly { readonly bucket: string; readonly document: JsonObject }[]
}

export function setupDocuments(plan: SetupPlan): SetupDocuments {
  const { holder } = plan
  return {
    permission: checked(permissionPolicy(plan), 'permission'),
    trust: holder.kind === 'role' ? checked(trustPolicy(plan, holder.trusted), 'trust') : undefined,
    buckets: bucketPolicies(plan).map(({ bucket, policy }) => ({ bucket, document: checked(policy, 'bucket').document })),
  }
}

function checked(node: { readonly [key: string]: Node }, kind: Parameters<typeof checkSize>[1]): PolicyDocument {
  const document = Object.fromEntries(Object.entries(node).map(([key, value]): [string, Json] => [key, toJson(value)]))
  checkSize(document, kind)
  return { node, document }
}

/** The policies as artifacts to paste. */
export function policyArtifacts(plan: SetupPlan, documents: SetupDocuments): readonly Artifact[] {
  const holder = plan.holder.kind
  return [
    jsonArtifact('permission-policy', `Permission policy: what the ${holder} may do`, documents.permission.document),
    ...(documents.trust ? [jsonArtifact('trust-policy', 'Trust policy: who may assume the role', documents.trust.document)] : []),
    ...documents.buckets.map(({ bucket, document }, index) =>
      jsonArtifact(numbered('bucket-policy', index, documents.buckets), `Add to the bucket policy of ${bucket}`, document),
    ),
  ]
}
