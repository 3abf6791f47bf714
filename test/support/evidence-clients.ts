import type { JsonObject } from '@sluice/core'
import type { Lab } from '@sluice/lab'
import type { Outcome } from '../../packages/clouds/test/support/fake-command.ts'

/** A client of a vendor's as it is seen from outside: words in, an exit code and text out. */
export type Client = (words: readonly string[]) => Outcome

const served = (value: unknown, indent: number | string): Outcome => ({ status: 0, text: `${JSON.stringify(value, undefined, indent)}\n` })
const refused = (text: string): Outcome => ({ status: 1, text: `ERROR: ${text}\n` })

/** The words of a command without its options, and its options: `--name=value`, or `--name value`. */
function parsed(words: readonly string[]): { readonly command: string; readonly option: (name: string) => string } {
  const options = new Map<string, string>()
  const command: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const [, name, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) command.push(word)
    else options.set(name, value ?? (words[at + 1]?.startsWith('--') === false ? (words[++at] ?? '') : ''))
  }
  return { command: command.join(' '), option: (name) => options.get(name) ?? '' }
}

/** gcloud, of somebody who may read everything of a project. https://cloud.google.com/sdk/gcloud/reference */
export function gcloudOf({ gcp }: Lab, project: { readonly id: string; readonly number: string }): Client {
  return (words) => {
    const { command, option } = parsed(words)
    if (command === 'auth list') return { status: 0, text: 'admin@acme.example\n' }
    const bucket = /gs:\/\/(\S+)$/.exec(command)?.[1] ?? ''
    if (command.startsWith('storage buckets get-iam-policy')) return served({ ...gcp.getPolicy({ bucket }), etag: 'CAE=' }, 2)
    if (command.startsWith('storage buckets describe') && words.includes('--raw'))
      return served({ iamConfiguration: { uniformBucketLevelAccess: { enabled: true } }, name: bucket, projectNumber: project.number }, 2)
    if (command === `projects describe ${project.number}`) return served({ projectId: project.id }, 2)
    if (command === `projects get-iam-policy ${project.id}`) return served({ ...gcp.getPolicy({ project: project.id }), etag: 'CAE=' }, 2)
    if (command === `beta projects get-ancestors-iam-policy ${project.id}` && words.includes('--include-deny')) {
      const rules = gcp.getGuards(project.id).denyRules.map((denyRule) => ({ denyRule: { ...denyRule } }))
      return served([{ id: project.id, policy: { rules }, type: 'project' }], 2)
    }
    const role = /^iam roles describe (\S+)$/.exec(command)?.[1]
    const custom = role === undefined ? undefined : gcp.getCustomRole(`projects/${option('project')}/roles/${role}`)
    if (custom !== undefined) return served({ includedPermissions: [...custom.permissions], name: custom.name }, 2)
    return refused(`(gcloud.${command.replaceAll(' ', '.')}) PERMISSION_DENIED: not for this one`)
  }
}

/** az, of somebody who may read everything of a subscription. https://learn.microsoft.com/cli/azure */
export function azOf({ azure }: Lab, applications: { readonly [clientId: string]: string }): Client {
  return (words) => {
    const { command, option } = parsed(words)
    switch (command) {
      case 'account show':
        return served({ id: '22222222-2222-4222-8222-222222222222', tenantId: '11111111-1111-4111-8111-111111111111', user: 'admin' }, 2)
      case 'ad sp show': {
        const identity = applications[option('id')]
        return identity === undefined ? refused(`Resource '${option('id')}' does not exist`) : served({ appId: option('id'), identity }, 2)
      }
      case 'storage account show': {
        const account = azure.storageAccount(option('name'))
        return served({ ...account, lake: account['isHnsEnabled'] === true ? option('name') : false }, 2)
      }
      case 'role assignment list': {
        const [identity, scope] = [option('assignee'), option('scope').toLowerCase()]
        const own = azure.roleAssignments().filter((one) => one.principalId === identity && scope.startsWith(one.scope.toLowerCase()))
        return served(
          own.map(({ name: _, ...one }): JsonObject => ({ ...one, principalType: 'ServicePrincipal' })),
          2,
        )
      }
      case 'rest':
        return served({ value: [] }, 2)
      case 'role definition list':
        return served(
          azure.roleDefinitions().filter(({ roleName }) => roleName === option('name')),
          2,
        )
      default:
        return refused(`'${command}' is misspelled or not recognized by the system.`)
    }
  }
}

/** aliyun, of somebody who may read everything of an account. https://www.alibabacloud.com/help/cli */
export function aliyunOf({ aliyun }: Lab, account: string): Client {
  return (words) => {
    const { command, option } = parsed(words)
    const role = aliyun.getRole(`acs:ram::${account}:role/${option('RoleName')}`)
    if (command === 'sts GetCallerIdentity') return served({ AccountId: account, Arn: `acs:ram::${account}:user/admin` }, '\t')
    if (command.startsWith('oss ')) return ossOf(aliyun, command)
    if (command === 'ram GetRole' && role !== undefined)
      return served({ Role: { Arn: role.arn, AssumeRolePolicyDocument: JSON.stringify(role.trust), RoleName: role.name } }, '\t')
    if (command === 'ram ListPoliciesForRole' && role !== undefined)
      return served(
        { Policies: { Policy: role.attached.map(({ name, type }) => ({ DefaultVersion: 'v1', PolicyName: name, PolicyType: type })) } },
        '\t',
      )
    const policy = command === 'ram GetPolicy' ? aliyun.getPolicy(account, option('PolicyName')) : undefined
    if (policy !== undefined && option('PolicyType') === 'Custom')
      return served({ DefaultPolicyVersion: { PolicyDocument: JSON.stringify(policy, undefined, 2), VersionId: 'v1' } }, '\t')
    return refused(`SDK.ServerError\nErrorCode: EntityNotExist\nMessage: ${command}`)
  }
}

function ossOf(aliyun: Lab['aliyun'], command: string): Outcome {
  const bucket = aliyun.getBucket(/oss:\/\/(\S+)/.exec(command)?.[1] ?? '')
  if (bucket === undefined) return refused('oss: service returned error: StatusCode=404, ErrorCode=NoSuchBucket')
  if (command.startsWith('oss stat'))
    return { status: 0, text: `Name              : ${bucket.name}\nOwner             : ${bucket.accountId}\n\n\n0.21(s) elapsed\n` }
  return bucket.policy === undefined
    ? refused('oss: service returned error: StatusCode=404, ErrorCode=NoSuchBucketPolicy')
    : { status: 0, text: `${JSON.stringify(bucket.policy)}\n\n0.21(s) elapsed\n` }
}
