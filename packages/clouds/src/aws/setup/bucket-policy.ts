import { s3Statements, type Statement } from '../../setup/s3-permissions.ts'
import { grantOf } from './permission-policy.ts'
import type { SetupPlan } from './plan.ts'

/** Statements that the owners of buckets in another account add to one bucket's policy: without them the role's own policy allows nothing there. */
export interface BucketPolicyStatements {
  readonly bucket: string
  readonly statements: readonly Statement[]
}

export function bucketPolicyStatements(plan: SetupPlan, holderArn: string): readonly BucketPolicyStatements[] {
  const grant = grantOf(plan)
  const buckets = Map.groupBy(grant.targets, (target) => target.bucket.value)
  return [...buckets].map(([bucket, targets]) => ({
    bucket,
    statements: s3Statements({ ...grant, targets }).map(({ Sid, Effect, ...rest }) => ({
      Sid: `Sluice${Sid}`,
      Effect: Effect ?? 'Allow',
      Principal: { AWS: holderArn },
      ...rest,
    })),
  }))
}
