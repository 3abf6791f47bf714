import {
  type AliyunPlatform,
  type Connection,
  type Platform,
  type SetupOptions,
  accessError,
  connectionSubject,
  externalIdOf,
} from '@sluice/core'
import { parseRamRoleArn } from '../arn.ts'
import { AUDIENCE, defaultProviderName } from '../oidc.ts'
import { checkOption } from './option-rules.ts'

/** Whom the role trusts: an identity of ours with an external id, or the tokens we issue for this one connection. */
export type Trusted =
  | { readonly kind: 'principal'; readonly platform: AliyunPlatform; readonly externalId: string | undefined }
  | {
      readonly kind: 'issuer'
      readonly issuerUrl: string
      readonly providerName: string
      readonly audience: string
      readonly subject: string
    }

/** What holds the permissions in the customer's account: a role that we assume, or a user whose AccessKey we were given. */
export type Holder = {
  readonly name: string
  readonly accountId: string | undefined
  readonly warnings: readonly string[]
} & ({ readonly kind: 'user' } | { readonly kind: 'role'; readonly trusted: Trusted })

export function holderOf(connection: Connection, platform: Platform, options: SetupOptions, defaultName: string): Holder {
  if (connection.auth.method === 'keys') return userHolder(options, defaultName)
  if (options.userName !== undefined)
    throw accessError('setup.option_conflict', {
      message: 'userName is for the method keys; this connection assumes a role: use roleName.',
    })
  const { roleArn } = connection.auth.fields
  const known = roleArn === undefined ? undefined : parseRamRoleArn(roleArn)
  refuseContradiction(known, options)
  const trusted = connection.auth.method === 'oidc' ? issuerTrust(connection, platform) : principalTrust(connection, platform)
  return {
    kind: 'role',
    trusted,
    name: known?.name ?? options.roleName ?? defaultName,
    accountId: known?.accountId ?? options.accountId,
    warnings: warningsOf(trusted),
  }
}

/** What RAM calls the holder; `account` stands in while nobody has said which it is. */
export function holderArn({ kind, name, accountId }: Holder, account: string): string {
  return `acs:ram::${accountId ?? account}:${kind}/${name}`
}

function principalTrust(connection: Connection, { aliyun }: Platform): Trusted {
  if (aliyun === undefined)
    throw accessError('setup.no_platform_identity', {
      message: 'Sluice has no identity of its own in Alibaba Cloud, so no role can trust it.',
    })
  checkOption('principalArn', aliyun.principalArn, 'the platform principal')
  const sent = externalIdOf(connection.auth)
  return {
    kind: 'principal',
    platform: aliyun,
    externalId: sent === undefined ? undefined : checkOption('externalId', sent, 'the external id'),
  }
}

function issuerTrust(connection: Connection, { issuer }: Platform): Trusted {
  if (issuer === undefined)
    throw accessError('issuer.not_configured', { message: 'This Sluice is no OpenID Connect issuer, so no role can trust its tokens.' })
  const { oidcProviderArn } = connection.auth.fields
  return {
    kind: 'issuer',
    issuerUrl: checkOption('issuerUrl', issuer.url, 'the issuer URL'),
    providerName: oidcProviderArn?.slice(oidcProviderArn.lastIndexOf('/') + 1) ?? defaultProviderName(issuer.url),
    audience: AUDIENCE,
    subject: connectionSubject(connection),
  }
}

function warningsOf(trusted: Trusted): readonly string[] {
  if (trusted.kind !== 'principal' || trusted.externalId !== undefined) return []
  return [
    'This connection has no external id: every connection of the project that knows the role can use it. Prefer an issued external id.',
  ]
}

function userHolder(options: SetupOptions, defaultName: string): Holder {
  if (options.roleName !== undefined)
    throw accessError('setup.option_conflict', { message: 'roleName is for roles; this connection uses keys: use userName.' })
  return {
    kind: 'user',
    name: options.userName ?? defaultName,
    accountId: options.accountId,
    warnings: ['An AccessKey does not expire and must be rotated by hand; a role needs no AccessKey at all.'],
  }
}

function refuseContradiction(known: ReturnType<typeof parseRamRoleArn> | undefined, options: SetupOptions): void {
  if (known === undefined) return
  const asked = [
    { option: 'roleName', value: options.roleName?.toLowerCase(), fixed: known.name.toLowerCase() },
    { option: 'accountId', value: options.accountId, fixed: known.accountId },
  ]
  for (const { option, value, fixed } of asked)
    if (value !== undefined && value !== fixed)
      throw accessError('setup.option_conflict', {
        message: `The connection's role has ${option} ${fixed}, but the options say ${value}: update the connection's role ARN first.`,
        context: { option },
      })
}
