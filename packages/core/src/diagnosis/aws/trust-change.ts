import type { Explanation } from '../cause.ts'
import type { Facts } from '../facts.ts'
import { resource } from './change.ts'

/**
 * How to put a patched trust policy in place. Its text is not repeated: it holds the external id, which the one who applies it has from the
 * setup.
 */
export function trustChange(gap: string, { connection }: Facts): Pick<Explanation, 'command' | 'terraform'> {
  const role = connection.roleArn?.slice(connection.roleArn.lastIndexOf('/') + 1) ?? 'ROLE'
  const condition =
    gap === 'aws.sts.external_id' || gap === 'aws.sts.no_external_id'
      ? '\n      Condition = { StringEquals = { "sts:ExternalId" = var.sluice_external_id } }'
      : ''
  const statement = `jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = ${JSON.stringify(connection.principal ?? 'PRINCIPAL_ARN')} }
      Action    = "sts:AssumeRole"${condition}
    }]
  })`
  return {
    command: `aws iam update-assume-role-policy --role-name ${role} --policy-document file://trust.json`,
    terraform: resource('aws_iam_role', 'sluice', [
      ['name', JSON.stringify(role)],
      ['assume_role_policy', statement],
    ]),
  }
}
