import { compile, type NamedPolicy, type PolicySet, type Principal, type S3Need, type SetupProof } from '@sluice/core'
import { requireProofs } from '../../setup/prove.ts'
import { s3Proofs } from '../../setup/s3-proofs.ts'
import type { SetupDocuments } from './documents.ts'
import type { SetupPlan } from './plan.ts'
import { SOME_ACCOUNT, trustProofs } from './trust-proofs.ts'

/** Asks the policy evaluator whether the documents do what they promise. Throws `setup.self_check_failed` if not. */
export function proveSetup(plan: SetupPlan, documents: SetupDocuments): readonly SetupProof[] {
  return requireProofs([...permissionProofs(plan, documents), ...trustProofs(plan, documents)])
}

function permissionProofs(plan: SetupPlan, documents: SetupDocuments): readonly SetupProof[] {
  const account = plan.accountId ?? SOME_ACCOUNT
  const identity = [compile({ name: 'permission policy', document: documents.permission.document }, 'identity')]
  const buckets = new Map(
    documents.buckets.map(({ bucket, document }) => [bucket, compile({ name: `bucket policy of ${bucket}`, document }, 'resource')]),
  )
  const keyPolicies = new Map<string, NamedPolicy>(
    documents.keys.flatMap(({ keys, document }) =>
      keys.map((key) => [key, compile({ name: 'key policy', document }, 'resource')] as const),
    ),
  )
  const delegating = compile(
    {
      name: 'key policy that leaves it to IAM',
      document: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:${plan.partition}:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }],
      },
    },
    'resource',
  )
  const policiesFor = (need: S3Need): { readonly account: string; readonly sets: readonly PolicySet[] } => {
    if (need.service === 'kms') {
      // A key works in both ways that its owner may let us in: through IAM, and by the statement we give for the key policy.
      const given = keyPolicies.get(need.resource)
      const sets = [delegating, ...(given ? [given] : [])].map((resource): PolicySet => ({ identity, resource, resourceRule: 'kms-key' }))
      return { account: need.resource.split(':')[4] ?? account, sets }
    }
    const bucketPolicy = buckets.get(need.resource.split(':::')[1]?.split('/')[0] ?? '')
    // Without a policy that names us, an account we do not know cannot be told from ours.
    const owner = documents.buckets.length > 0 ? (plan.foreignBucketAccount ?? account) : account
    return { account: owner, sets: [{ identity, ...(bucketPolicy ? { resource: bucketPolicy } : {}) }] }
  }
  return s3Proofs({
    principal: holderPrincipal(plan),
    partition: plan.partition,
    access: plan.access,
    locations: plan.locations,
    setsAcl: plan.connection.settings.acl !== undefined,
    readKeys: plan.kmsKeys.read,
    writeKeys: plan.kmsKeys.write,
    policiesFor,
  })
}

function holderPrincipal({ holder, partition, accountId = SOME_ACCOUNT }: SetupPlan): Principal {
  const arn = holder.arn ?? `arn:${partition}:iam::${accountId}:${holder.kind}${holder.path}${holder.name}`
  return holder.kind === 'role' ? { kind: 'role-session', roleArn: arn, sessionName: 'sluice' } : { kind: 'user', arn }
}
