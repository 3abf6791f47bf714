import { accessError, parseArn } from '@sluice/core'

/** The parts of an IAM role's ARN. `path` begins and ends with a slash. */
export interface RoleArn {
  readonly partition: string
  readonly accountId: string
  readonly path: string
  readonly name: string
}

const ACCOUNT = /^\d{12}$/
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/
const ROLE_PATH = /^\/(?:[!-~]+\/)?$/

/** Parses a role's ARN as a person pasted it. Refused with what to write instead where the ARN of a neighbour was copied. */
export function parseRoleArn(text: string): RoleArn {
  const arn = parseArn(text.trim())
  if (arn === undefined) throw notRole('it does not have the six parts of an ARN')
  if (arn.service === 'sts' && arn.resource.startsWith('assumed-role/')) {
    const name = arn.resource.split('/')[1] ?? ''
    throw notRole(
      'it names a session of the role',
      `Give the role itself: arn:${arn.partition}:iam::${arn.account}:role/${name} (with its path, if it has one).`,
    )
  }
  if (arn.service !== 'iam') throw notRole(`it belongs to the service ${arn.service || '(none)'}`)
  if (!arn.resource.startsWith('role/')) throw notRole(`it names a ${arn.resource.split('/')[0] || 'thing without a type'}`)
  if (!ACCOUNT.test(arn.account)) throw notRole('its account is not 12 digits')
  if (arn.region !== '') throw notRole('IAM has no regions, so the fourth part must be empty')
  const resource = arn.resource.slice('role'.length)
  const name = resource.slice(resource.lastIndexOf('/') + 1)
  const path = resource.slice(0, resource.lastIndexOf('/') + 1)
  if (!ROLE_NAME.test(name)) throw notRole('the role has no valid name')
  if (!ROLE_PATH.test(path)) throw notRole('the path of the role is malformed')
  return { partition: arn.partition, accountId: arn.account, path, name }
}

function notRole(because: string, remedy?: string): Error {
  return accessError('aws.role.arn', {
    message: `This is not the ARN of an IAM role: ${because}.`,
    ...(remedy === undefined ? {} : { remedy }),
  })
}

/** The ARN of a role that need not exist yet. What is refused is not repeated: it may be a secret in the wrong field. */
export function roleArn(role: RoleArn): string {
  if (!ACCOUNT.test(role.accountId))
    throw accessError('aws.role.account', { message: 'The account is not the id of an AWS account, which has 12 digits.' })
  if (!ROLE_NAME.test(role.name)) throw accessError('aws.role.name', { message: 'The name of the role is not one that IAM allows.' })
  if (!ROLE_PATH.test(role.path)) throw accessError('aws.role.name', { message: 'The path of the role is not one that IAM allows.' })
  return `arn:${role.partition}:iam::${role.accountId}:role${role.path}${role.name}`
}
