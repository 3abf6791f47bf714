import type { Node } from '../../setup/text.ts'
import { kmsStatements } from './kms.ts'
import { type OssGrant, ossStatements, ossTargets } from './oss-permissions.ts'
import type { SetupPlan } from './plan.ts'

type PolicyNode = { readonly [key: string]: Node }

/** What the role or user may do: exactly the connection's access, in exactly its locations, with exactly its keys. */
export function permissionPolicy(plan: SetupPlan): PolicyNode {
  return { Version: '1', Statement: [...ossStatements(grantOf(plan, '*')), ...kmsStatements(plan.kmsKeys)] }
}

/** The policy of one bucket of another account: what the role's own policy allows counts nothing there. */
export interface BucketPolicy {
  readonly bucket: string
  readonly policy: PolicyNode
}

/** What the owners of buckets in another account add to their policies; none while the role's account is unknown. */
export function bucketPolicies(plan: SetupPlan): readonly BucketPolicy[] {
  const { foreignBucketAccount: owner, accountId, holder } = plan
  if (owner === undefined || accountId === undefined) return []
  const grant = grantOf(plan, owner)
  const principal = `arn:sts::${accountId}:assumed-role/${holder.name}/*`
  return [...Map.groupBy(grant.targets, (target) => target.bucket.value)].map(([bucket, targets]) => ({
    bucket,
    policy: {
      Version: '1',
      Statement: ossStatements({ ...grant, targets }).map(({ Effect = 'Allow', ...rest }) => ({ Effect, Principal: [principal], ...rest })),
    },
  }))
}

function grantOf(plan: SetupPlan, owner: string): OssGrant {
  return {
    access: plan.access,
    targets: ossTargets(plan.locations),
    setsAcl: plan.connection.settings.acl !== undefined,
    owner,
  }
}
