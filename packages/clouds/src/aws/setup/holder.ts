import { accessError, externalIdOf, type AwsPlatform, type Connection, type SetupOptions } from '@sluice/core'
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
} & ({ readonly kind: 'user' } | { readonly kind: 'role'; readonly aws: AwsPlatform; readonly externalId: string | undefined })

export function holderOf(
  connection: Connection,
  aws: AwsPlatform | undefined,
  options: SetupOptions,
  partition: Partition,
  defaultName: string,
): Holder {
  const { auth } = connection
  if (auth.method !== 'role') return userHolder(options, partition, defaultName)
  if (aws === undefined)
    throw accessError('setup.no_platform_identity', { message: 'Sluice has no AWS identity of its own, so no role can trust it.' })
  checkOption('principalArn', aws.principalArn, 'the platform principal')
  checkOption('accountId', aws.accountId, 'the platform account')
  if (options.userName !== undefined)
    throw accessError('setup.option_conflict', {
      message: 'userName is for the method keys; this connection assumes a role: use roleName.',
    })
  const { roleArn } = auth.fields
  const known = roleArn === undefined ? undefined : parseRoleArn(roleArn)
  refuseContradiction(known, options)
  const sent = externalIdOf(auth)
  const externalId = sent === undefined ? undefined : checkOption('externalId', sent, 'the external id')
  const name = known?.name ?? options.roleName ?? defaultName
  const path = known?.path ?? options.rolePath ?? '/'
  const accountId = known?.accountId ?? options.accountId
  return {
    kind: 'role',
    aws,
    externalId,
    name,
    path,
    accountId,
    arn: accountId === undefined ? undefined : `arn:${partition}:iam::${accountId}:role${path}${name}`,
    warnings:
      externalId === undefined
        ? [
            'This connection has no external id: every connection of the project that knows the role can use it. Prefer an issued external id.',
          ]
        : [],
  }
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
