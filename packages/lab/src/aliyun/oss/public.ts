import type { PolicyDocument } from '@sluice/core'
import { isObject, strings } from '../../state/json.ts'
import type { OssBucket } from '../state/types.ts'

/**
 * The bucket policy as it counts: with public access blocked, statements that allow everybody something do not.
 * https://help.aliyun.com/en/oss/user-guide/block-public-access
 */
export function policyInForce({ policy, blockPublicAccess }: OssBucket): PolicyDocument | undefined {
  if (!policy || !blockPublicAccess || !isPublicPolicy(policy)) return policy
  const statements = statementsOf(policy).filter((statement) => !isPublic(statement))
  return statements.length === 0 ? undefined : { ...policy, Statement: statements }
}

/** Whether a bucket policy allows everybody something without a condition on where he comes from. */
export function isPublicPolicy(policy: PolicyDocument): boolean {
  return statementsOf(policy).some(isPublic)
}

function statementsOf(policy: PolicyDocument): readonly PolicyDocument[] {
  const statement = policy['Statement']
  return (Array.isArray(statement) ? statement : [statement]).filter(isObject)
}

function isPublic(statement: PolicyDocument): boolean {
  if (statement['Effect'] !== 'Allow' || statement['Condition'] !== undefined) return false
  const principals = strings(statement['Principal'])
  const isEmpty = Array.isArray(statement['Principal']) && statement['Principal'].length === 0
  return isEmpty || principals.includes('*') || statement['NotPrincipal'] !== undefined
}
