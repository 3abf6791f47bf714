import { ACCESSES, type AuthContext, type AuthField, type CloudMethod, type ExternalId, type ParsedAuth, accessError } from '@sluice/core'
import { methodOf, readFields } from '../auth-fields.ts'
import { defaultRamName } from '../setup/names.ts'
import { accountOfProvider, parseRamRoleArn, providerArn, ramRoleArn } from './arn.ts'
import { defaultProviderName } from './oidc.ts'
import { requireOssSettings } from './settings-headers.ts'

type Values = { readonly [name: string]: string }

const field = (name: string, label: string, help: string, example: string, sql: readonly string[]): AuthField => ({
  name,
  label,
  help,
  example,
  required: false,
  secret: false,
  sql,
})

const ROLE_ARN = field(
  'roleArn',
  'Role ARN',
  'The RAM role we assume; or give its account alone.',
  'acs:ram::1234567890123456:role/lake-test',
  ['role_arn'],
)
const ACCOUNT_ID = field(
  'accountId',
  'Alibaba Cloud account',
  'The id (UID) of the account the role is, or will be, in: its ARN follows from that.',
  '1234567890123456',
  ['account_id'],
)
const ROLE_NAME = field('roleName', 'Role name', 'With the account; by default sluice- and the name of the connection.', 'sluice-lake', [
  'role_name',
])

const ROLE_FIELDS: readonly AuthField[] = [
  ROLE_ARN,
  ACCOUNT_ID,
  ROLE_NAME,
  field('externalId', 'External id', 'By default one is issued for this connection.', 'my-external-id-123', ['external_id']),
  field('withoutExternalId', 'No external id', 'true for a project-wide connection that sends none; weaker.', 'true', [
    'without_external_id',
  ]),
]

const OIDC_FIELDS: readonly AuthField[] = [
  ROLE_ARN,
  field(
    'oidcProviderArn',
    'OIDC provider ARN',
    'The identity provider in RAM that stands for our issuer; by default it follows from the account and our issuer.',
    'acs:ram::1234567890123456:oidc-provider/sluice',
    ['oidc_provider_arn'],
  ),
  ACCOUNT_ID,
  ROLE_NAME,
]

const KEY_FIELDS: readonly AuthField[] = [
  {
    name: 'accessKeyId',
    label: 'AccessKey id',
    help: 'The public half of the AccessKey.',
    example: 'LTAI5tExampleExampleExam',
    required: true,
    secret: false,
    sql: ['access_key_id'],
  },
  {
    name: 'accessKeySecret',
    label: 'AccessKey secret',
    help: 'The secret half; it is stored encrypted and never shown again.',
    example: 'ExampleExampleExampleExample00',
    required: true,
    secret: true,
    sql: ['access_key_secret', 'secret_access_key'],
  },
  {
    name: 'securityToken',
    label: 'Security token',
    help: 'Only for temporary AccessKeys (STS.…): it belongs to the pair.',
    example: 'CAISExample…',
    required: false,
    secret: true,
    sql: ['security_token', 'session_token'],
  },
]

/** How OSS can be accessed, the ways that store no secret first. */
export const ALIYUN_METHODS: readonly CloudMethod[] = [
  {
    id: 'role',
    label: 'RAM role',
    summary: 'We assume a RAM role in your account; no secret is stored, and every lease is narrowed to what it is for.',
    fields: ROLE_FIELDS,
    narrows: true,
    keyless: true,
    access: ACCESSES,
    awaits: ['roleArn'],
    setups: ['template', 'terraform', 'cli', 'console'],
  },
  {
    id: 'oidc',
    label: 'RAM role by OIDC',
    summary: 'A RAM role in your account trusts tokens that Sluice issues for this one connection; nobody stores a secret.',
    fields: OIDC_FIELDS,
    narrows: true,
    keyless: true,
    access: ACCESSES,
    awaits: ['roleArn', 'oidcProviderArn'],
    setups: ['template', 'terraform', 'cli', 'console'],
  },
  {
    id: 'keys',
    label: 'AccessKey',
    summary: 'An AccessKey of a RAM user, stored encrypted. It is not narrowed, so no lease of it is handed out.',
    fields: KEY_FIELDS,
    narrows: false,
    keyless: false,
    access: ACCESSES,
    awaits: [],
    setups: ['template', 'terraform', 'cli', 'console'],
  },
]

/** Checks a method's inputs without asking Alibaba Cloud, and splits them into what is stored openly and what goes to the vault. */
export function parseAliyunAuth(method: string, fields: Values, context: AuthContext): ParsedAuth {
  const chosen = methodOf(ALIYUN_METHODS, method, 'aliyun')
  const { values, warnings } = readFields(chosen, fields)
  requireOssSettings(context.settings)
  if (chosen.id === 'keys') return parseKeys(values, context, warnings)
  return chosen.id === 'oidc' ? parseOidc(values, context, warnings) : parseRole(values, context, warnings)
}

function parseRole(values: Values, context: AuthContext, warnings: readonly string[]): ParsedAuth {
  if (context.platform.aliyun === undefined)
    throw accessError('aliyun.role.no_identity', { message: 'This Sluice has no identity in Alibaba Cloud that a role could trust.' })
  const roleArn = roleArnFrom(values, context)
  const externalId = externalIdFrom(values, context)
  return {
    auth: { method: 'role', fields: roleArn === undefined ? {} : { roleArn }, externalId },
    warnings:
      externalId.kind === 'none'
        ? [
            ...warnings,
            'Without an external id, whoever may use this Sluice and knows the role can have it assumed: keep one project per installation.',
          ]
        : warnings,
  }
}

function parseOidc(values: Values, context: AuthContext, warnings: readonly string[]): ParsedAuth {
  const { issuer } = context.platform
  if (issuer === undefined)
    throw accessError('issuer.not_configured', { message: 'This Sluice is no OpenID Connect issuer that a RAM role could trust.' })
  const roleArn = roleArnFrom(values, context)
  const oidcProviderArn = providerFrom(values, roleArn, issuer.url)
  return {
    auth: {
      method: 'oidc',
      fields: { ...(roleArn === undefined ? {} : { roleArn }), ...(oidcProviderArn === undefined ? {} : { oidcProviderArn }) },
    },
    warnings,
  }
}

/** Role and provider lie in one account: RAM trusts no provider of another. */
function providerFrom({ oidcProviderArn }: Values, roleArn: string | undefined, issuerUrl: string): string | undefined {
  const accountId = roleArn === undefined ? undefined : parseRamRoleArn(roleArn).accountId
  if (oidcProviderArn === undefined) return accountId === undefined ? undefined : providerArn(accountId, defaultProviderName(issuerUrl))
  const account = accountOfProvider(oidcProviderArn)
  if (accountId !== undefined && account !== accountId)
    throw accessError('aliyun.oidc.provider', {
      message: 'The role and the OIDC provider are in different accounts.',
      remedy: 'Register the provider in the account of the role.',
    })
  return oidcProviderArn
}

/** The role's ARN: given, or made from the account and a name we also write into the setup; absent while not even the account is known. */
function roleArnFrom(values: Values, context: AuthContext): string | undefined {
  const { roleArn: given, accountId, roleName } = values
  if (given === undefined)
    return accountId === undefined ? undefined : ramRoleArn({ accountId, name: roleName ?? defaultRamName(context.connectionName) })
  const role = parseRamRoleArn(given)
  const contradiction = [
    accountId !== undefined && accountId !== role.accountId && 'accountId',
    roleName !== undefined && roleName.toLowerCase() !== role.name.toLowerCase() && 'roleName',
  ].find(Boolean)
  if (contradiction)
    throw accessError('aliyun.role.arn', {
      message: `The role ARN and ${contradiction} contradict each other.`,
      remedy: 'Give the role ARN alone.',
    })
  return ramRoleArn(role)
}

function externalIdFrom(values: Values, context: AuthContext): ExternalId {
  const { externalId, withoutExternalId } = values
  if (withoutExternalId !== undefined && !['true', 'false'].includes(withoutExternalId))
    throw accessError('aliyun.external_id', {
      message: 'withoutExternalId is neither true nor false.',
      remedy: 'Write true, or leave it out.',
    })
  if (withoutExternalId === 'true') {
    if (externalId !== undefined)
      throw accessError('aliyun.external_id', {
        message: 'An external id was given, and also that there is none.',
        remedy: 'Leave one of the two out.',
      })
    return { kind: 'none' }
  }
  if (externalId === undefined || externalId === context.issuedExternalId) return { kind: 'issued', value: context.issuedExternalId }
  // https://help.aliyun.com/en/ram/developer-reference/api-sts-2015-04-01-assumerole
  if (!/^[\w+=,.@:/-]{2,1224}$/.test(externalId))
    throw accessError('aliyun.external_id', {
      message: 'The external id has characters that Alibaba Cloud does not take, or too few or too many of them.',
    })
  return { kind: 'chosen', value: externalId }
}

function parseKeys(values: Values, context: AuthContext, warnings: readonly string[]): ParsedAuth {
  const { accessKeyId = '', accessKeySecret = '', securityToken } = values
  for (const [name, value] of Object.entries(values)) refuseUnsendable(name, value)
  checkAccessKeyId(accessKeyId)
  const temporary = accessKeyId.startsWith('STS.')
  if (!temporary && !/^[A-Za-z0-9]{30}$/.test(accessKeySecret))
    throw accessError('aliyun.key.malformed', {
      message: `The AccessKey secret is not one of Alibaba Cloud: it has ${accessKeySecret.length} characters; those of permanent AccessKeys have 30 letters and digits.`,
    })
  if (temporary && securityToken === undefined)
    throw accessError('aliyun.key.token_required', {
      message: `${accessKeyId} is a temporary AccessKey, and its security token is missing.`,
    })
  if (!temporary && securityToken !== undefined)
    throw accessError('aliyun.key.token_unexpected', {
      message: `${accessKeyId} is a permanent AccessKey, and such AccessKeys have no security token.`,
    })
  return {
    auth: { method: 'keys', fields: { accessKeyId }, secretId: context.secretId },
    secret: { accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) },
    warnings: temporary
      ? [...warnings, 'The AccessKey is temporary: the connection fails when its session ends, and needs a new one then.']
      : warnings,
  }
}

/** Refuses white space inside a value that was pasted, which shows only as a wrong signature later, and what no header can carry. */
function refuseUnsendable(name: string, value: string): void {
  if (/\s/.test(value))
    throw accessError('aliyun.key.malformed', {
      message: `${name} has white space or a line break inside.`,
      remedy: 'Copy it again in one piece.',
    })
  if (/[^\x21-\x7e]/.test(value))
    throw accessError('aliyun.key.malformed', {
      message: `${name} has characters other than those of plain ASCII, and no request can carry them.`,
      remedy: 'Copy it again from where the AccessKey was made.',
    })
}

function checkAccessKeyId(accessKeyId: string): void {
  if (/^LTAI[A-Za-z0-9]{8,28}$/.test(accessKeyId) || /^STS\.[A-Za-z0-9]{8,60}$/.test(accessKeyId)) return
  // The value itself is not repeated: it may be the secret, pasted into the wrong field.
  const because =
    accessKeyId.length === 30
      ? 'it looks like the AccessKey secret'
      : /^(AKIA|ASIA)/.test(accessKeyId)
        ? 'it is an access key of AWS'
        : `it has ${accessKeyId.length} characters and does not begin with LTAI or STS., or holds more than letters and digits`
  throw accessError('aliyun.key.malformed', { message: `The AccessKey id is not one of Alibaba Cloud: ${because}.` })
}
