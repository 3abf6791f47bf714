import { accessError, parseAcs } from '@sluice/core'

/** The parts of a RAM role's ARN. */
export interface RamRole {
  readonly accountId: string
  readonly name: string
}

const ACCOUNT = /^\d{5,20}$/
const ROLE_NAME = /^[\w.-]{1,64}$/
const PROVIDER_NAME = /^[A-Za-z0-9](?:[\w.-]{0,126}[A-Za-z0-9])?$/

/** Parses a role's ARN as a person pasted it. Refused with what to write instead where the ARN of a neighbour was copied. */
export function parseRamRoleArn(text: string): RamRole {
  const trimmed = text.trim()
  const acs = parseAcs(trimmed)
  if (acs === undefined)
    throw notRole(
      trimmed.startsWith('arn:')
        ? 'it is an ARN of AWS, or one that bucket policies use'
        : 'it does not have the five parts of a name of RAM',
    )
  if (acs.service !== 'ram') throw notRole(`it belongs to the service ${acs.service.slice(0, 40) || '(none)'}`)
  if (acs.resource.startsWith('assumed-role/')) {
    const name = acs.resource.split('/')[1] ?? ''
    throw notRole('it names a session of the role', `Give the role itself: acs:ram::${acs.account}:role/${name}.`)
  }
  if (!acs.resource.startsWith('role/')) throw notRole(`it names a ${acs.resource.split('/')[0]?.slice(0, 40) || 'thing without a type'}`)
  if (!ACCOUNT.test(acs.account)) throw notRole('its account is not a number')
  if (acs.region !== '' && acs.region !== '*') throw notRole('RAM has no regions, so the third part must be empty')
  const name = acs.resource.slice('role/'.length)
  if (!ROLE_NAME.test(name)) throw notRole('the role has no valid name')
  return { accountId: acs.account, name }
}

function notRole(because: string, remedy?: string): Error {
  return accessError('aliyun.role.arn', {
    message: `This is not the ARN of a RAM role: ${because}.`,
    ...(remedy === undefined ? {} : { remedy }),
  })
}

/**
 * The ARN of a role that need not exist yet, as RAM itself writes it: RAM does not tell names apart by letter case, so that one role
 * must not get two names here. What is refused is not repeated: it may be a secret in the wrong field.
 */
export function ramRoleArn(role: RamRole): string {
  if (!ACCOUNT.test(role.accountId))
    throw accessError('aliyun.role.account', { message: 'The account is not the id of an Alibaba Cloud account, which is a number.' })
  if (!ROLE_NAME.test(role.name)) throw accessError('aliyun.role.name', { message: 'The name of the role is not one that RAM allows.' })
  return `acs:ram::${role.accountId}:role/${role.name.toLowerCase()}`
}

/** The account of an OIDC provider's ARN; refused where it is none. */
export function accountOfProvider(arn: string): string {
  const acs = parseAcs(arn)
  const name = acs?.resource.startsWith('oidc-provider/') === true ? acs.resource.slice('oidc-provider/'.length) : ''
  if (acs?.service === 'ram' && acs.region === '' && ACCOUNT.test(acs.account) && PROVIDER_NAME.test(name)) return acs.account
  throw accessError('aliyun.oidc.provider', { message: 'This is not the ARN of an OIDC identity provider in RAM.' })
}

/** The ARN of an OIDC provider that need not exist yet. */
export function providerArn(accountId: string, name: string): string {
  const arn = `acs:ram::${accountId}:oidc-provider/${name}`
  accountOfProvider(arn)
  return arn
}
