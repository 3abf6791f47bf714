import type { XmlNode } from '../../http/xml.ts'
import { iamArn } from '../arn.ts'
import { managedPolicy } from '../caller.ts'
import { AwsError } from '../error.ts'
import type { QueryCall, QueryOperation } from '../query/service.ts'
import { makeManagedPolicy } from '../state/identities.ts'
import { readPolicy } from '../state/policies.ts'
import type { Account, ManagedPolicy, PolicyVersion } from '../state/types.ts'
import { accountOf, demandIam, documentText, newName, noSuchEntity, tagNodes } from './context.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

const MOST_VERSIONS = 5

/** Managed policies and their versions. */
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
    const description = parameters.optional('Description') ?? ''
    const policy = makeManagedPolicy(state, account, { name, path, document, description, tags: parameters.tags('Tags') })
    return [['Policy', policyNodes(account, policy)]]
  },
  GetPolicy(call) {
    const { account, policy } = policyOf(call)
    return [['Policy', policyNodes(account, policy)]]
  },
  TagPolicy(call) {
    const { account, policy } = policyOf(call)
    account.policies.set(policy.arn, { ...policy, tags: { ...policy.tags, ...call.parameters.tags('Tags') } })
    return undefined
  },
  CreatePolicyVersion(call) {
    const { account, policy } = policyOf(call)
    const document = readPolicy(call.parameters.required('PolicyDocument'), 'identity', 'MalformedPolicyDocument')
    if (policy.versions.length >= MOST_VERSIONS)
      throw new AwsError(
        409,
        'LimitExceeded',
        `A managed policy can have up to ${MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
      )
    const versionsMade = policy.versionsMade + 1
    const version: PolicyVersion = { id: `v${versionsMade}`, document, createdAt: call.state.clock.now() }
    const chosen = call.parameters.optional('SetAsDefault') === 'true' ? inForce(version) : {}
    const changed = { ...policy, versionsMade, versions: [...policy.versions, version], ...chosen }
    account.policies.set(policy.arn, changed)
    return [['PolicyVersion', versionNodes(changed, version)]]
  },
  SetDefaultPolicyVersion(call) {
    const { account, policy } = policyOf(call)
    account.policies.set(policy.arn, { ...policy, ...inForce(versionOf(call, policy)) })
    return undefined
  },
  GetPolicyVersion(call) {
    const { policy } = policyOf(call)
    const version = versionOf(call, policy)
    return [['PolicyVersion', [['Document', documentText(version.document)], ...versionNodes(policy, version)]]]
  },
  ListPolicyVersions(call) {
    const { policy } = policyOf(call)
    return [
      ['Versions', policy.versions.toReversed().map((version): XmlNode => ['member', versionNodes(policy, version)])],
      ['IsTruncated', 'false'],
    ]
  },
  DeletePolicyVersion(call) {
    const { account, policy } = policyOf(call)
    const { id } = versionOf(call, policy)
    if (id === policy.defaultVersion) throw new AwsError(409, 'DeleteConflict', 'Cannot delete the default version of a policy.')
    account.policies.set(policy.arn, { ...policy, versions: policy.versions.filter((version) => version.id !== id) })
    return undefined
  },
  DeletePolicy(call) {
    const { account, policy } = policyOf(call)
    if (attachments(account, policy.arn) > 0) throw new AwsError(409, 'DeleteConflict', 'Cannot delete a policy attached to entities.')
    if (policy.versions.length > 1)
      throw new AwsError(
        409,
        'DeleteConflict',
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      )
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
  if (!call.parameters.action.startsWith('Get') && !call.parameters.action.startsWith('List'))
    throw new AwsError(400, 'InvalidInput', `Policy ${arn} is not a customer managed policy.`)
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  const { document } = owned
  const versions = [{ id: 'v1', document, createdAt: 0 }]
  const id = `ANPA${name.toUpperCase()}`
  return {
    account,
    policy: {
      arn,
      id,
      name,
      path: '/',
      description: '',
      createdAt: 0,
      document,
      versions,
      versionsMade: 1,
      defaultVersion: 'v1',
      tags: {},
    },
  }
}

function versionOf(call: QueryCall, policy: ManagedPolicy): PolicyVersion {
  const id = call.parameters.required('VersionId')
  const version = policy.versions.find((one) => one.id === id)
  if (!version) throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`)
  return version
}

function inForce({ id, document }: PolicyVersion): Pick<ManagedPolicy, 'defaultVersion' | 'document'> {
  return { defaultVersion: id, document }
}

function attachments(account: Account, arn: string): number {
  return [...account.users.latestValues(), ...account.roles.latestValues()].filter(({ attached }) => attached.includes(arn)).length
}

function policyNodes(account: Account, policy: ManagedPolicy): readonly XmlNode[] {
  return [
    ['PolicyName', policy.name],
    ['PolicyId', policy.id],
    ['Arn', policy.arn],
    ['Path', policy.path],
    ['DefaultVersionId', policy.defaultVersion],
    ['AttachmentCount', String(attachments(account, policy.arn))],
    ['PermissionsBoundaryUsageCount', '0'],
    ['IsAttachable', 'true'],
    ...(policy.description === '' ? [] : [['Description', policy.description] as const]),
    ['CreateDate', isoSeconds(policy.createdAt)],
    ['UpdateDate', isoSeconds(policy.versions.at(-1)?.createdAt ?? policy.createdAt)],
    ...tagNodes(policy.tags),
  ]
}

function versionNodes(policy: ManagedPolicy, version: PolicyVersion): readonly XmlNode[] {
  return [
    ['VersionId', version.id],
    ['IsDefaultVersion', String(version.id === policy.defaultVersion)],
    ['CreateDate', isoSeconds(version.createdAt)],
  ]
}
