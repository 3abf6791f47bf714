import type { Explanation } from '../cause.ts'
import type { Facts } from '../facts.ts'
import { terraformResource } from '../terraform.ts'
import { providerPath, type Claims } from './claims.ts'
import type { Asker } from './trust.ts'

type Change = Pick<Explanation, 'command' | 'terraform'>

/**
 * How to put a patched trust policy in place. Its text is not repeated: it holds the external id, which the one who applies it has from the
 * setup.
 */
export function trustChange(gap: string, { connection }: Facts): Change {
  const condition =
    gap === 'aws.sts.external_id' || gap === 'aws.sts.no_external_id'
      ? '\n      Condition = { StringEquals = { "sts:ExternalId" = var.sluice_external_id } }'
      : ''
  const principal = `{ AWS = ${JSON.stringify(connection.principal ?? 'PRINCIPAL_ARN')} }`
  return changed(connection.roleArn, `Principal = ${principal}\n      Action    = "sts:AssumeRole"${condition}`)
}

/** The same for a role that trusts tokens of our issuer. */
export function tokenTrustChange(claims: Claims, { principal }: Asker, { connection }: Facts): Change {
  const path = providerPath(claims.issuer)
  const provider = principal.kind === 'federated' ? principal.provider : 'PROVIDER_ARN'
  const conditions = [
    ...(claims.audiences?.[0] === undefined ? [] : [`"${path}:aud" = ${JSON.stringify(claims.audiences[0])}`]),
    ...(claims.subject === undefined ? [] : [`"${path}:sub" = ${JSON.stringify(claims.subject)}`]),
  ]
  return changed(
    connection.roleArn,
    `Principal = { Federated = ${JSON.stringify(provider)} }\n      Action    = "sts:AssumeRoleWithWebIdentity"\n      Condition = { StringEquals = { ${conditions.join(', ')} } }`,
  )
}

function changed(roleArn: string | undefined, statement: string): Change {
  const role = roleArn?.slice(roleArn.lastIndexOf('/') + 1) ?? 'ROLE'
  const policy = `jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      ${statement}
    }]
  })`
  return {
    command: `aws iam update-assume-role-policy --role-name ${role} --policy-document file://trust.json`,
    terraform: terraformResource('aws_iam_role', 'sluice', [
      ['name', JSON.stringify(role)],
      ['assume_role_policy', policy],
    ]),
  }
}
