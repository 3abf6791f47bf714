import type { PatchStep } from '../../finding.ts'
import type { JsonObject } from '../../json.ts'
import type { Explanation } from '../cause.ts'
import type { Clue } from '../clue.ts'
import { patched } from '../patched.ts'
import type { Facts } from '../facts.ts'
import { at, documentsOf } from './policies.ts'
import { arnOf, callerOf, locationOf } from './subject.ts'
import { terraformJson, terraformResource } from '../terraform.ts'

type Change = Pick<Explanation, 'snippet' | 'command' | 'terraform'>

const IDENTITY = /^documents\.rolePolicies/
const KEY = /^documents\.keyPolicies\["(.+)"\]$/

/**
 * Says of a document what a patch of it comes to: the document as the patch leaves it, the command that puts it in place, and the same in
 * Terraform. A trust policy is not repeated: it holds the external id.
 */
export function changeOf(name: string, facts: Facts): (steps: readonly PatchStep[]) => Change {
  const document = documentNamed(name, facts)
  return (steps) => (document === undefined ? {} : linesOf(name, patched(document, steps), facts))
}

function linesOf(name: string, after: JsonObject, facts: Facts): Change {
  const text = JSON.stringify(after, undefined, 2)
  const caller = arnOf(callerOf(facts))
  const role = caller?.slice(caller.lastIndexOf('/') + 1) ?? 'ROLE'
  if (IDENTITY.test(name)) return { snippet: text, ...identityLines(role, after) }
  if (name === at.bucketPolicy) return { snippet: text, ...bucketLines(locationOf(facts)?.bucket ?? 'BUCKET', after) }
  const key = KEY.exec(name)?.[1]
  if (key !== undefined) return { snippet: text, ...keyLines(key, after) }
  return { snippet: text, ...otherLines(name, after) }
}

/** A statement of its own for what is missing, where the policies themselves were not shown. */
export function statementLines(statement: JsonObject, facts: Facts, clue: Clue): Change {
  const caller = arnOf(callerOf(facts, clue))
  const role = caller?.slice(caller.lastIndexOf('/') + 1) ?? 'ROLE'
  const document = { Version: '2012-10-17', Statement: [statement] }
  return {
    snippet: JSON.stringify(document, undefined, 2),
    command: `aws iam put-role-policy --role-name ${role} --policy-name sluice-missing --policy-document file://missing.json`,
    terraform: terraformResource('aws_iam_role_policy', 'sluice_missing', [
      ['role', JSON.stringify(role)],
      ['policy', terraformJson(document)],
    ]),
  }
}

function documentNamed(name: string, { documents }: Facts): JsonObject | undefined {
  for (const layer of ['identity', 'resource', 'boundary', 'session', 'scp', 'rcp', 'vpc-endpoint'] as const) {
    const found = documentsOf(layer, documents).find(([own]) => own === name)
    if (found !== undefined) return found[1]
  }
  return undefined
}

function identityLines(role: string, document: JsonObject): Change {
  return {
    command: `aws iam put-role-policy --role-name ${role} --policy-name POLICY --policy-document file://policy.json\n# a managed policy: aws iam create-policy-version --policy-arn POLICY_ARN --policy-document file://policy.json --set-as-default`,
    terraform: terraformResource('aws_iam_role_policy', 'sluice', [
      ['role', JSON.stringify(role)],
      ['policy', terraformJson(document)],
    ]),
  }
}

function bucketLines(bucket: string, document: JsonObject): Change {
  return {
    command: `aws s3api put-bucket-policy --bucket ${bucket} --policy file://bucket-policy.json`,
    terraform: terraformResource('aws_s3_bucket_policy', 'data', [
      ['bucket', JSON.stringify(bucket)],
      ['policy', terraformJson(document)],
    ]),
  }
}

function keyLines(key: string, document: JsonObject): Change {
  return {
    command: `aws kms put-key-policy --key-id ${key} --policy-name default --policy file://key-policy.json`,
    terraform: terraformResource('aws_kms_key_policy', 'data', [
      ['key_id', JSON.stringify(key)],
      ['policy', terraformJson(document)],
    ]),
  }
}

function otherLines(name: string, document: JsonObject): Change {
  if (name === at.boundary)
    return {
      command: 'aws iam create-policy-version --policy-arn BOUNDARY_ARN --policy-document file://boundary.json --set-as-default',
      terraform: terraformResource('aws_iam_policy', 'boundary', [['policy', terraformJson(document)]]),
    }
  if (name === at.vpcEndpointPolicy)
    return {
      command: 'aws ec2 modify-vpc-endpoint --vpc-endpoint-id ENDPOINT --policy-document file://endpoint.json',
      terraform: terraformResource('aws_vpc_endpoint_policy', 's3', [
        ['vpc_endpoint_id', '"ENDPOINT"'],
        ['policy', terraformJson(document)],
      ]),
    }
  if (name === at.sessionPolicy) return {}
  return {
    command: 'aws organizations update-policy --policy-id POLICY --content file://policy.json',
    terraform: terraformResource('aws_organizations_policy', 'guard_rail', [['content', terraformJson(document)]]),
  }
}
