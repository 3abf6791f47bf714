import { compile, evaluate, type NamedPolicy, type PolicySet, type Principal, type S3Need, type SetupProof } from '@sluice/core'
import { proof, requireProofs } from '../../setup/prove.ts'
import { s3Proofs } from '../../setup/s3-proofs.ts'
import type { SetupDocuments } from './documents.ts'
import type { Holder } from './holder.ts'
import type { SetupPlan } from './plan.ts'

/** Stands for the customer's account while nobody has named it. */
const SOME_ACCOUNT = '000000000000'

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

/** We can assume the role with its external id; without it, with another one, or as somebody else nobody can. */
function trustProofs(plan: SetupPlan, documents: SetupDocuments): readonly SetupProof[] {
  const { holder } = plan
  if (holder.kind !== 'role' || documents.trust === undefined) return []
  const trust = compile({ name: 'trust policy', document: documents.trust.document }, 'trust')
  const { externalId } = holder
  const us = principalOf(holder.aws.principalArn)
  const assumes = (principal: Principal, id: string | undefined): boolean => mayAssume(plan, holder, trust, principal, id)
  const open = externalId === undefined ? 'allowed' : 'denied'
  const elsewhere = holder.aws.principalArn.replace(
    /::\d{12}:/,
    `::${holder.aws.accountId === SOME_ACCOUNT ? '111111111111' : SOME_ACCOUNT}:`,
  )
  return [
    proof(`Sluice assumes the role${externalId === undefined ? '' : ' with its external id'}`, 'allowed', assumes(us, externalId)),
    ...(externalId === undefined ? [] : [proof('Sluice assumes the role without an external id', open, assumes(us, undefined))]),
    proof('Sluice assumes the role with another external id', open, assumes(us, `${externalId ?? 'id'}-other`)),
    proof(
      "Another principal of Sluice's account assumes the role",
      'denied',
      assumes(principalOf(`${holder.aws.principalArn}-other`), externalId),
    ),
    proof('A principal of the same name in another account assumes the role', 'denied', assumes(principalOf(elsewhere), externalId)),
  ]
}

function principalOf(arn: string): Principal {
  return arn.includes(':user/') ? { kind: 'user', arn } : { kind: 'role-session', roleArn: arn, sessionName: 'sluice' }
}

function mayAssume(plan: SetupPlan, holder: Holder, trust: NamedPolicy, principal: Principal, externalId: string | undefined): boolean {
  const accountId = plan.accountId ?? SOME_ACCOUNT
  return evaluate({
    principal,
    action: 'sts:AssumeRole',
    resource: holder.arn ?? `arn:${plan.partition}:iam::${accountId}:role${holder.path}${holder.name}`,
    resourceAccount: accountId,
    context: externalId === undefined ? {} : { 'sts:ExternalId': externalId },
    policies: { identity: [CALLER_MAY_ASSUME], resource: trust, resourceRule: 'trust' },
  }).allowed
}

/** The caller's own policy lets it assume anything, so that only the trust policy decides. */
const CALLER_MAY_ASSUME: NamedPolicy = {
  name: 'caller',
  document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] },
}
