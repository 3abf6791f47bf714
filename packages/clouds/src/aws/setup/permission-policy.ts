import { s3Statements, s3Targets } from '../../setup/s3-permissions.ts'
import type { Node, Slot } from '../../setup/text.ts'
import { kmsStatements } from './kms.ts'
import type { SetupPlan } from './plan.ts'

/** The partition, which CloudFormation and Terraform know by themselves. */
export function partitionSlot(plan: SetupPlan): Slot {
  return {
    slot: true,
    name: 'Partition',
    value: plan.partition,
    description: 'Partition of AWS',
    pseudo: { template: 'AWS::Partition', terraform: 'data.aws_partition.current.partition' },
  }
}

/** What the role or user may do: exactly the connection's access, in exactly its locations, with exactly its keys. */
export function permissionPolicy(plan: SetupPlan): { readonly [key: string]: Node } {
  return {
    Version: '2012-10-17',
    Statement: [...s3Statements(grantOf(plan)), ...kmsStatements(plan.kmsKeys)],
  }
}

/** The connection's rights in S3's terms; the bucket policy of another account says the same. */
export function grantOf(plan: SetupPlan): Parameters<typeof s3Statements>[0] {
  return {
    partition: partitionSlot(plan),
    access: plan.access,
    targets: s3Targets(plan.locations),
    setsAcl: plan.connection.settings.acl !== undefined,
  }
}
