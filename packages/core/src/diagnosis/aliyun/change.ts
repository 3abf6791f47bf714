import type { PatchStep } from '../../finding.ts'
import type { Json, JsonObject } from '../../json.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { Explanation } from '../cause.ts'
import type { CaseConnection } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { patched } from '../patched.ts'
import { shellWord } from '../shell-word.ts'
import { terraformExpression, terraformJson, terraformResource, terraformText } from '../terraform.ts'
import { at } from './judge.ts'
import { callerOf, locationOf } from './subject.ts'

type Change = Pick<Explanation, 'snippet' | 'command' | 'terraform'>

/**
 * Says of a document what a patch of it comes to: the document as the patch leaves it, the command that puts it in place, and the same in
 * Terraform. A trust policy is not repeated: it holds the external id. A session policy is ours, and nobody's to run.
 */
export function changeOf(place: string, facts: Facts): (steps: readonly PatchStep[]) => Change {
  const { trustPolicy, bucketPolicy, ramPolicies } = facts.documents
  if (place === at.trustPolicy) return () => (trustPolicy === undefined ? {} : trustLines(facts))
  if (place === at.bucketPolicy) return (steps) => (bucketPolicy === undefined ? {} : bucketLines(patched(bucketPolicy, steps), facts))
  const own = ramPolicies?.find((_, index) => at.ramPolicy(index) === place)
  return (steps) => (own === undefined ? {} : policyLines(patched(own, steps)))
}

/** What is missing, as a policy of its own: whatever else the caller has may be a policy of the system, which nobody can change. */
export function missingLines(failure: Failure, facts: Facts): (steps: readonly PatchStep[]) => Change {
  return (steps) => {
    const document = { Version: '1', Statement: steps.flatMap(({ value }) => statementsIn(value)) }
    const { kind, name } = holderOf(failure, facts)
    const [title, option] = kind === 'role' ? ['Role', 'RoleName'] : ['User', 'UserName']
    const policy = [
      ['policy_name', '"sluice-missing"'],
      ['policy_document', terraformJson(document)],
    ] as const
    const attachment = [
      ['policy_name', 'alicloud_ram_policy.sluice_missing.policy_name'],
      ['policy_type', '"Custom"'],
      [`${kind}_name`, terraformText(name)],
    ] as const
    return {
      snippet: JSON.stringify(document, undefined, 2),
      command: `aliyun ram CreatePolicy --PolicyName sluice-missing --PolicyDocument ${shellWord(JSON.stringify(document))} && aliyun ram AttachPolicyTo${title} --PolicyType Custom --PolicyName sluice-missing --${option} ${shellWord(name)}`,
      terraform: `${terraformResource('alicloud_ram_policy', 'sluice_missing', policy)}\n${terraformResource(`alicloud_ram_${kind}_policy_attachment`, 'sluice_missing', attachment)}`,
    }
  }
}

/** The statements that a step adds: one, a list of them, or those of a policy. */
function statementsIn(value: Json | undefined): readonly Json[] {
  if (value === undefined) return []
  if (isList(value)) return value
  const inner = isObject(value) ? value['Statement'] : undefined
  return inner === undefined ? [value] : isList(inner) ? inner : [inner]
}

function holderOf({ clue }: Failure, facts: Facts): { readonly kind: 'role' | 'user'; readonly name: string } {
  const caller = callerOf(facts, clue)
  if (caller?.kind === 'role-session') return { kind: 'role', name: caller.roleName }
  return { kind: 'user', name: caller?.kind === 'user' && caller.userName !== '' ? caller.userName : 'USER' }
}

function policyLines(document: JsonObject): Change {
  return {
    snippet: JSON.stringify(document, undefined, 2),
    command: 'aliyun ram CreatePolicyVersion --PolicyName POLICY --PolicyDocument "$(cat policy.json)" --SetAsDefault true',
    terraform: terraformResource('alicloud_ram_policy', 'sluice', [
      ['policy_name', '"POLICY"'],
      ['policy_document', terraformJson(document)],
    ]),
  }
}

function bucketLines(document: JsonObject, facts: Facts): Change {
  const bucket = locationOf(facts)?.bucket ?? 'BUCKET'
  return {
    snippet: JSON.stringify(document, undefined, 2),
    command: `ossutil api put-bucket-policy --bucket ${shellWord(bucket)} --body "$(cat bucket-policy.json)"`,
    terraform: terraformResource('alicloud_oss_bucket_policy', 'data', [
      ['bucket', terraformText(bucket)],
      ['policy', terraformJson(document)],
    ]),
  }
}

function trustLines({ connection }: Facts): Change {
  const principal = connection.principal ?? 'PRINCIPAL_ARN'
  const statement = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { RAM: [/^\d+$/.test(principal) ? `acs:ram::${principal}:root` : principal] },
  }
  const condition =
    connection.externalId === undefined ? '' : ', { Condition = { StringEquals = { "sts:ExternalId" = var.sluice_external_id } } }'
  return roleLines(connection, `merge(${terraformExpression(statement, '  ')}${condition})`)
}

/** The same for a statement about tokens of an identity provider, in which there is nothing to hide. */
export function tokenTrustLines(statement: JsonObject, { connection }: Pick<Facts, 'connection'>): Change {
  return roleLines(connection, terraformExpression(statement, '  '))
}

function roleLines({ roleArn }: CaseConnection, statement: string): Change {
  const role = roleArn?.slice(roleArn.lastIndexOf('/') + 1) ?? 'ROLE'
  return {
    command: `aliyun ram UpdateRole --RoleName ${shellWord(role)} --NewAssumeRolePolicyDocument "$(cat trust.json)"`,
    terraform: terraformResource('alicloud_ram_role', 'sluice', [
      ['role_name', terraformText(role)],
      ['assume_role_policy_document', `jsonencode({ Version = "1", Statement = [${statement}] })`],
    ]),
  }
}
