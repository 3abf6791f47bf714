import type { XmlNode } from '../../http/xml.ts'
import { iamArn } from '../arn.ts'
import { managedPolicy } from '../caller.ts'
import { AwsError } from '../error.ts'
import type { QueryCall, QueryOperation } from '../query/service.ts'
import { makeManagedPolicy } from '../state/identities.ts'
import { readPolicy } from '../state/policies.ts'
import type { Account, ManagedPolicy } from '../state/types.ts'
import { accountOf, demandIam, documentText, isoTime, newName, noSuchEntity } from './context.ts'

/** Managed policies. Each has one version: the lab does not edit them. */
export const managedPolicyOperations: { readonly [action: string]: QueryOperation } = {
  CreatePolicy(call) {
    const { parameters, state } = call
    const account = accountOf(call)
    const { name, path } = newName(parameters, 'PolicyName')
    const arn = iamArn(account.id, 'policy', path, name)
    demandIam(call, arn)
    const document = readPolicy(parameters.required('PolicyDocument'), 'identity', 'MalformedPolicyDocument')
    if (account.policies.has(arn))
      throw new AwsError(409, 'EntityAlreadyExists', `A policy called ${name} already exists. Duplicate names are not allowed.`)
    const policy = makeManagedPolicy(state, account, { name, path, document, description: parameters.optional('Description') ?? '' })
    return [['Policy', policyNodes(account, policy)]]
  },
  GetPolicy(call) {
    const { account, policy } = policyOf(call)
    return [['Policy', policyNodes(account, policy)]]
  },
  GetPolicyVersion(call) {
    const { policy } = policyOf(call)
    const version = call.parameters.required('VersionId')
    if (version !== 'v1') throw noSuchEntity(`Policy ${policy.arn} version ${version} does not exist or is not attachable.`)
    return [['PolicyVersion', [['Document', documentText(policy.document)], ...versionNodes(policy)]]]
  },
  ListPolicyVersions(call) {
    const { policy } = policyOf(call)
    return [
      ['Versions', [['member', versionNodes(policy)]]],
      ['IsTruncated', 'false'],
    ]
  },
  DeletePolicy(call) {
    const { account, policy } = policyOf(call)
    if (attachments(account, policy.arn) > 0) throw new AwsError(409, 'DeleteConflict', 'Cannot delete a policy attached to entities.')
    account.policies.delete(policy.arn)
    return undefined
  },
}

function policyOf(call: QueryCall): { readonly account: Account; readonly policy: ManagedPolicy } {
  const account = accountOf(call)
  const arn = call.parameters.required('PolicyArn')
  demandIam(call, arn)
  const policy = account.policies.get(arn)
  if (policy) return { account, policy }
  const owned = managedPolicy(call.state, arn)
  // AWS's own policies may be read by every account, and changed by none.
  if (!owned || !arn.startsWith('arn:aws:iam::aws:')) throw noSuchEntity(`Policy ${arn} was not found.`)
  if (call.parameters.action === 'DeletePolicy') throw new AwsError(400, 'InvalidInput', `Policy ${arn} is not a customer managed policy.`)
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  return {
    account,
    policy: { arn, id: `ANPA${name.toUpperCase()}`, name, path: '/', description: '', createdAt: 0, document: owned.document },
  }
}

function attachments(account: Account, arn: string): number {
  const attached = [account.users, account.roles].flatMap((entities) =>
    entities.names().map((name) => entities.latest(name)?.attached ?? []),
  )
  return attached.filter((arns) => arns.includes(arn)).length
}

function policyNodes(account: Account, policy: ManagedPolicy): readonly XmlNode[] {
  return [
    ['PolicyName', policy.name],
    ['PolicyId', policy.id],
    ['Arn', policy.arn],
    ['Path', policy.path],
    ['DefaultVersionId', 'v1'],
    ['AttachmentCount', String(attachments(account, policy.arn))],
    ['PermissionsBoundaryUsageCount', '0'],
    ['IsAttachable', 'true'],
    ...(policy.description === '' ? [] : [['Description', policy.description] as const]),
    ['CreateDate', isoTime(policy.createdAt)],
    ['UpdateDate', isoTime(policy.createdAt)],
  ]
}

function versionNodes(policy: ManagedPolicy): readonly XmlNode[] {
  return [
    ['VersionId', 'v1'],
    ['IsDefaultVersion', 'true'],
    ['CreateDate', isoTime(policy.createdAt)],
  ]
}
