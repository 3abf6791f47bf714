import { accessError, externalIdOf, type AwsPlatform, type Connection, type Platform, type SetupOptions } from '@sluice/core'
import { type IssuerTrust, issuerTrust } from './oidc-provider.ts'
import { checkOption } from './option-rules.ts'
import type { Partition } from './partition.ts'

/** What holds the permissions in the customer's account: a role that we assume, or a user whose key we were given. */
export type Holder = {
  readonly name: string
  readonly path: string
  readonly accountId: string | undefined
  /** Known as soon as the account is. */
  readonly arn: string | undefined
  readonly warnings: readonly string[]
} & ({ readonly kind: 'user' } | { readonly kind: 'role'; readonly trusts: PrincipalTrust | IssuerTrust })

/** A role that trusts our own identity in AWS. */
export interface PrincipalTrust {
  readonly kind: 'principal'
  readonly aws: AwsPlatform
  readonly externalId: string | undefined
}

export function holderOf(
  connection: Connection,
  platform: Platform,
  options: SetupOptions,
  partition: Partition,
  defaultName: string,
): Holder {
  const { auth } = connection
  if (auth.method === 'keys') return userHolder(options, partition, defaultName)
  if (options.userName !== undefined)
    throw accessError('setup.option_conflict', {
      message: 'userName is for the method keys; this connection assumes a role: use roleName.',
    })
  const { roleArn } = auth.fields
  const known = roleArn === undefined ? undefined : parseRoleArn(roleArn)
  refuseContradiction(known, options)
  const name = known?.name ?? options.roleName ?? defaultName
  const path = known?.path ?? options.rolePath ?? '/'
  const accountId = known?.accountId ?? options.accountId
  const trusts = auth.method === 'oidc' ? issuerTrust(connection, platform, partition, accountId) : principalTrust(connection, platform)
  return {
    kind: 'role',
    trusts,
    name,
    path,
    accountId,
    arn: accountId === undefined ? undefined : `arn:${partition}:iam::${accountId}:role${path}${name}`,
    warnings:
      trusts.kind === 'principal' && trusts.externalId === undefined
        ? [
            'This connection has no external id: every connection of the project that knows the role can use it. Prefer an issued external id.',
          ]
        : [],
  }
}

function principalTrust({ auth }: Connection, { aws }: Platform): PrincipalTrust {
  if (aws === undefined)
    throw accessError('setup.no_platform_identity', { message: 'Sluice has no AWS identity of its own, so no role can trust it.' })
  checkOption('principalArn', aws.principalArn, 'the platform principal')
  checkOption('accountId', aws.accountId, 'the platform account')
  const sent = externalIdOf(auth)
  const externalId = sent === undefined ? undefined : checkOption('externalId', sent, 'the external id')
  return { kind: 'principal', aws, externalId }
}

function userHolder(options: SetupOptions, partition: Partition, defaultName: string): Holder {
  if (options.roleName !== undefined)
    throw accessError('setup.option_conflict', { message: 'roleName is for the method role; this connection uses keys: use userName.' })
  const name = options.userName ?? defaultName
  const path = options.rolePath ?? '/'
  const { accountId } = options
  return {
    kind: 'user',
    name,
    path,
    accountId,
    arn: accountId === undefined ? undefined : `arn:${partition}:iam::${accountId}:user${path}${name}`,
    warnings: ['An access key does not expire and must be rotated by hand; a role needs no key at all.'],
  }
}

function parseRoleArn(arn: string): { readonly accountId: string; readonly path: string; readonly name: string } {
  checkOption('roleArn', arn, 'the role ARN')
  const [, accountId = '', path = '/', name = ''] = /^arn:[^:]+:iam::(\d+):role(\/|\/.*\/)([^/]+)$/.exec(arn) ?? []
  return { accountId, path, name }
}

function refuseContradiction(known: ReturnType<typeof parseRoleArn> | undefined, options: SetupOptions): void {
  if (known === undefined) return
  const asked = [
    { option: 'roleName', value: options.roleName, fixed: known.name },
    { option: 'rolePath', value: options.rolePath, fixed: known.path },
    { option: 'accountId', value: options.accountId, fixed: known.accountId },
  ]
  for (const { option, value, fixed } of asked)
    if (value !== undefined && value !== fixed)
      throw accessError('setup.option_conflict', {
        message: `The connection's role has ${option} ${fixed}, but the options say ${value}: update the connection's role ARN first.`,
        context: { option },
      })
}
