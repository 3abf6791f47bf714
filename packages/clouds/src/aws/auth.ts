import { ACCESSES, type AuthContext, type AuthField, type CloudMethod, type ExternalId, type ParsedAuth, accessError } from '@sluice/core'
import { KEY_FIELDS, methodOf, readFields, refuseUnsendable } from '../auth-fields.ts'
import { defaultRoleName } from '../setup/names.ts'
import { parseRoleArn, roleArn } from './arn.ts'
import { partitionOfRegion } from './setup/partition.ts'

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

/** What says which role. */
const NAMING_FIELDS: readonly AuthField[] = [
  field('roleArn', 'Role ARN', 'The role we assume; or give its account alone.', 'arn:aws:iam::987654321987:role/lake-test', [
    'role_arn',
    'aws_role_arn',
  ]),
  field('accountId', 'AWS account', 'The account the role is, or will be, in: its ARN follows from that.', '987654321987', [
    'account_id',
    'aws_account_id',
  ]),
  field('roleName', 'Role name', 'With the account; by default sluice- and the name of the connection.', 'sluice-lake', ['role_name']),
  field('rolePath', 'Role path', 'With the account; by default /.', '/data/', ['role_path']),
]

const ROLE_FIELDS: readonly AuthField[] = [
  ...NAMING_FIELDS,
  field('externalId', 'External id', 'By default one is issued for this connection.', 'my-external-id-123', [
    'external_id',
    'aws_external_id',
  ]),
  field('withoutExternalId', 'No external id', 'true for a project-wide connection that sends none; weaker.', 'true', [
    'without_external_id',
  ]),
]

/** How AWS can be accessed, the way that stores no secret first. */
export const AWS_METHODS: readonly CloudMethod[] = [
  {
    id: 'role',
    label: 'IAM role',
    summary: 'We assume a role in your account; no secret is stored, and every lease is narrowed to what it is for.',
    fields: ROLE_FIELDS,
    narrows: true,
    keyless: true,
    access: ACCESSES,
    awaits: ['roleArn'],
    setups: ['template', 'terraform', 'cli', 'console'],
  },
  {
    id: 'oidc',
    label: 'OpenID Connect',
    summary: 'A role in your account trusts tokens that we sign for this one connection; we need no AWS account, and no secret is stored.',
    fields: NAMING_FIELDS,
    narrows: true,
    keyless: true,
    access: ACCESSES,
    awaits: ['roleArn'],
    setups: ['template', 'terraform', 'cli', 'console'],
  },
  {
    id: 'keys',
    label: 'Access key',
    summary: 'An access key of an IAM user, stored encrypted. AWS does not narrow it, so no lease of it is handed out.',
    fields: KEY_FIELDS,
    narrows: false,
    keyless: false,
    access: ACCESSES,
    awaits: [],
    setups: ['template', 'terraform', 'cli', 'console'],
  },
  {
    id: 'none',
    label: 'Public bucket',
    summary: 'Unsigned requests, for buckets that everybody may read.',
    fields: [],
    narrows: false,
    keyless: true,
    access: ['list', 'read'],
    awaits: [],
    setups: [],
  },
]

/** Checks a method's inputs without asking AWS, and splits them into what is stored openly and what goes to the vault. */
export function parseAwsAuth(method: string, fields: Values, context: AuthContext): ParsedAuth {
  const chosen = methodOf(AWS_METHODS, method, 'aws')
  const { values, warnings } = readFields(chosen, fields)
  if (chosen.id === 'none') return { auth: { method: 'none', fields: {} }, warnings }
  if (chosen.id === 'keys') return parseKeys(values, context, warnings)
  return chosen.id === 'oidc' ? parseOidc(values, context, warnings) : parseRole(values, context, warnings)
}

/** What the customer's trust is bound to is the connection's own subject: there is nothing to choose and nothing to leave out. */
function parseOidc(values: Values, context: AuthContext, warnings: readonly string[]): ParsedAuth {
  refuseEndpoint(context)
  if (context.platform.issuer === undefined)
    throw accessError('issuer.not_configured', { message: 'This Sluice is no OpenID Connect issuer, so no role can trust its tokens.' })
  const { region } = context.settings
  const arn = arnFrom(values, context, region === undefined ? (context.platform.aws?.partition ?? 'aws') : partitionOfRegion(region))
  return { auth: { method: 'oidc', fields: arn === undefined ? {} : { roleArn: arn } }, warnings }
}

function refuseEndpoint({ settings }: AuthContext): void {
  if (settings.endpoint !== undefined)
    throw accessError('aws.role.endpoint', {
      message: 'A role cannot be assumed through an endpoint of your own: our session would be sent to it.',
    })
}

function parseRole(values: Values, context: AuthContext, warnings: readonly string[]): ParsedAuth {
  const { aws } = context.platform
  refuseEndpoint(context)
  if (aws === undefined) throw accessError('aws.role.no_identity', { message: 'This Sluice has no AWS identity that a role could trust.' })
  const arn = arnFrom(values, context, aws.partition)
  const role = arn === undefined ? undefined : parseRoleArn(arn)
  if (role !== undefined && role.partition !== aws.partition)
    throw accessError('aws.role.partition', { message: `The role is in the partition ${role.partition}, this Sluice in ${aws.partition}.` })
  const externalId = externalIdFrom(values, context)
  return {
    auth: { method: 'role', fields: arn === undefined ? {} : { roleArn: arn }, externalId },
    warnings:
      externalId.kind === 'none'
        ? [
            ...warnings,
            'Without an external id, whoever may use this Sluice and knows the role can have it assumed: keep one project per installation.',
          ]
        : warnings,
  }
}

/** The role's ARN: given, or made from the account and a name we also write into the setup; absent while not even the account is known. */
function arnFrom(values: Values, context: AuthContext, partition: string): string | undefined {
  const { roleArn: given, accountId, roleName, rolePath } = values
  if (given !== undefined) {
    const role = parseRoleArn(given)
    const contradiction = [
      accountId !== undefined && accountId !== role.accountId && 'accountId',
      roleName !== undefined && roleName !== role.name && 'roleName',
      rolePath !== undefined && rolePath !== role.path && 'rolePath',
    ].find(Boolean)
    if (contradiction)
      throw accessError('aws.role.arn', {
        message: `The role ARN and ${contradiction} contradict each other.`,
        remedy: 'Give the role ARN alone.',
      })
    return given
  }
  if (accountId === undefined) return undefined
  return roleArn({
    partition,
    accountId: accountId.replaceAll('-', ''),
    path: rolePath ?? '/',
    name: roleName ?? defaultRoleName(context.connectionName),
  })
}

function externalIdFrom(values: Values, context: AuthContext): ExternalId {
  const { externalId, withoutExternalId } = values
  if (withoutExternalId !== undefined && !['true', 'false'].includes(withoutExternalId))
    throw accessError('aws.external_id', {
      message: 'withoutExternalId is neither true nor false.',
      remedy: 'Write true, or leave it out.',
    })
  if (withoutExternalId === 'true') {
    if (externalId !== undefined)
      throw accessError('aws.external_id', {
        message: 'An external id was given, and also that there is none.',
        remedy: 'Leave one of the two out.',
      })
    return { kind: 'none' }
  }
  if (externalId === undefined || externalId === context.issuedExternalId) return { kind: 'issued', value: context.issuedExternalId }
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  if (!/^[\w+=,.@:/-]{2,1224}$/.test(externalId))
    throw accessError('aws.external_id', {
      message: 'The external id has characters that AWS does not take, or too few or too many of them.',
    })
  return { kind: 'chosen', value: externalId }
}

function parseKeys(values: Values, context: AuthContext, warnings: readonly string[]): ParsedAuth {
  const { accessKeyId = '', secretAccessKey = '', sessionToken } = values
  refuseUnsendable(values)
  if (context.settings.endpoint !== undefined)
    throw accessError('s3.endpoint', {
      message: 'AWS has no endpoint to set.',
      remedy: 'Leave the endpoint out, or use the cloud s3 for another store.',
    })
  checkAccessKeyId(accessKeyId)
  if (!/^[A-Za-z0-9/+=]{40}$/.test(secretAccessKey))
    throw accessError('aws.key.malformed', {
      message: `The secret access key is not one of AWS: it has ${secretAccessKey.length} characters; all have 40 letters, digits, slashes and plus signs.`,
    })
  if (accessKeyId.startsWith('ASIA') && sessionToken === undefined)
    throw accessError('aws.key.token_required', { message: `${accessKeyId} is a temporary key, and its session token is missing.` })
  if (accessKeyId.startsWith('AKIA') && sessionToken !== undefined)
    throw accessError('aws.key.token_unexpected', { message: `${accessKeyId} is a permanent key, and such keys have no session token.` })
  return {
    auth: { method: 'keys', fields: { accessKeyId }, secretId: context.secretId },
    secret: { secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    warnings:
      sessionToken === undefined
        ? warnings
        : [...warnings, 'The key is temporary: the connection fails when its session ends, and needs a new one then.'],
  }
}

function checkAccessKeyId(accessKeyId: string): void {
  if (/^(AKIA|ASIA)[A-Z0-9]{16}$/.test(accessKeyId)) return
  const kind = { AROA: 'the id of a role', AIDA: 'the id of a user', AGPA: 'the id of a group', ANPA: 'the id of a policy' }[
    accessKeyId.slice(0, 4)
  ]
  // The value itself is not repeated: it may be the secret, pasted into the wrong field.
  const because =
    kind !== undefined
      ? `it is ${kind}`
      : accessKeyId.length === 40
        ? 'it looks like the secret access key'
        : `it has ${accessKeyId.length} characters and does not begin with AKIA or ASIA, or is not 20 capitals and digits`
  throw accessError('aws.key.malformed', { message: `The access key id is not one of AWS: ${because}.` })
}
