import type { Artifact, Json, JsonObject } from '@sluice/core'
import { type Node, toJson } from '../../setup/text.ts'
import { bucketPolicyStatements } from './bucket-policy.ts'
import { keyPolicyStatements } from './kms.ts'
import { checkSize, policyKind } from './limits.ts'
import { permissionPolicy } from './permission-policy.ts'
import type { SetupPlan } from './plan.ts'
import { trustPolicy } from './trust-policy.ts'
import { jsonArtifact, numbered } from '../../setup/artifacts.ts'

/** The policies of one setup, with their slots for the templates and filled in for people. */
export interface SetupDocuments {
  readonly permission: { readonly node: Node; readonly document: JsonObject; readonly kind: 'managed' | 'inline' }
  readonly trust: { readonly node: Node; readonly document: JsonObject } | undefined
  /** To add to the policies of buckets in another account. */
  readonly buckets: readonly { readonly bucket: string; readonly document: JsonObject }[]
  /** To add to the policies of the keys named. */
  readonly keys: readonly { readonly keys: readonly string[]; readonly document: JsonObject }[]
}

export function setupDocuments(plan: SetupPlan): SetupDocuments {
  const permission = permissionPolicy(plan)
  const document = filled(permission)
  const trust = plan.holder.kind === 'role' ? trustPolicy(plan, plan.holder.trusts) : undefined
  const trustDocument = trust === undefined ? undefined : filled(trust)
  if (trustDocument !== undefined) checkSize(trustDocument, 'trust')
  const { arn } = plan.holder
  const buckets = arn === undefined || plan.foreignBucketAccount === undefined ? [] : bucketPolicyStatements(plan, arn)
  const keys = arn === undefined ? [] : keyPolicyStatements(plan.kmsKeys, arn)
  return {
    permission: { node: permission, document, kind: policyKind(document, plan.holder.kind) },
    trust: trust === undefined || trustDocument === undefined ? undefined : { node: trust, document: trustDocument },
    buckets: buckets.map(({ bucket, statements }) => ({ bucket, document: policyOf(statements, 'bucket') })),
    keys: keys.map(({ keys, statement }) => ({ keys, document: policyOf([statement], 'key') })),
  }
}

function policyOf(statements: readonly Node[], kind: 'bucket' | 'key'): JsonObject {
  const document = filled({ Version: '2012-10-17', Statement: statements })
  checkSize(document, kind)
  return document
}

function filled(node: { readonly [key: string]: Node }): JsonObject {
  return Object.fromEntries(Object.entries(node).map(([key, value]): [string, Json] => [key, toJson(value)]))
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
    ...documents.keys.map(({ keys, document }, index) =>
      jsonArtifact(numbered('kms-key-policy', index, documents.keys), `Add to the key policy of ${keys.join(', ')}`, document),
    ),
  ]
}
