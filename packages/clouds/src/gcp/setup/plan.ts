import { type Access, type Connection, type Location, type Platform, type SetupOptions, accessError, connectionSubject } from '@sluice/core'
import { outermost } from '../../setup/locations.ts'
import { PERMISSIONS } from '../dialect.ts'
import { ourServiceAccount, providerOf } from '../identity.ts'
import { projectOf } from '../names.ts'
import { defaultCustomRoleId, defaultPoolId, defaultProviderId, defaultServiceAccountId } from './names.ts'
import { agreed, checkOptions } from './option-rules.ts'

/** What makes our tokens a principal of the customer's. */
export interface Federation {
  readonly issuerUrl: string
  readonly subject: string
  readonly poolId: string
  readonly providerId: string
  /** Known as soon as the provider is. */
  readonly projectNumber: string | undefined
  /** Where the provider is to accept another audience than its own name. */
  readonly audience: string | undefined
}

/** A service account of the customer's that holds the permissions. */
export interface HolderAccount {
  readonly email: string | undefined
  /** The part before the @. */
  readonly id: string
  /** Whether the setup makes it: where it lies in the project of the setup, unless it was there before. */
  readonly isMade: boolean
}

/** Everything the documents are written from: the connection, the platform and the options, checked and made to agree. */
export interface SetupPlan {
  readonly connection: Connection
  readonly method: 'federation' | 'grant' | 'service-account-key'
  readonly access: readonly Access[]
  /** None lies within another. */
  readonly locations: readonly Location[]
  /** The project of the buckets, in which everything is made; absent while nobody has said. */
  readonly projectId: string | undefined
  readonly federation: Federation | undefined
  /** The account of ours that comes, for grants. */
  readonly ourAccount: string | undefined
  /** What holds the permissions instead of the principal itself. */
  readonly account: HolderAccount | undefined
  readonly customRoleId: string
  readonly permissions: readonly string[]
  /** The second role: for leases that delete and do not write. */
  readonly deleteRoleId: string | undefined
  readonly warnings: readonly string[]
}

export function planSetup(connection: Connection, platform: Platform, options: SetupOptions): SetupPlan {
  checkOptions(options)
  const locations = outermost(connection)
  const method = methodOf(connection)
  const federation = method === 'federation' ? federationOf(connection, platform, options) : undefined
  if (method !== 'federation' && (options.poolId !== undefined || options.providerId !== undefined))
    throw accessError('setup.option_conflict', {
      message: `poolId and providerId are for the method federation; this connection uses ${method}.`,
    })
  const email = method === 'service-account-key' ? connection.auth.fields['clientEmail'] : connection.auth.fields['serviceAccount']
  const deleteRole = /^projects\/([^/]+)\/roles\/(.+)$/.exec(connection.auth.fields['deleteRole'] ?? '')
  const projectId = options.projectId ?? deleteRole?.[1] ?? (email === undefined ? undefined : projectOf(email))
  const customRoleId = options.customRoleId ?? defaultCustomRoleId(connection.name)
  const deletesAlone = connection.access.includes('delete') && !connection.access.includes('write')
  return {
    connection,
    method,
    access: connection.access,
    locations,
    projectId,
    federation,
    ourAccount: method === 'grant' ? requireOurAccount(connection, platform) : undefined,
    account: accountOf(connection, email, projectId, options),
    customRoleId,
    permissions: ['storage.buckets.get', ...connection.access.map((access) => PERMISSIONS[access])],
    deleteRoleId: deletesAlone ? (deleteRole?.[2] ?? `${customRoleId}_delete`) : undefined,
    warnings: warningsOf(connection, locations, deletesAlone),
  }
}

function methodOf({ auth, name }: Connection): SetupPlan['method'] {
  const { method } = auth
  if (method === 'federation' || method === 'grant' || method === 'service-account-key') return method
  throw accessError('internal.defect', { message: `Connection ${name} has no method of Google Cloud.` })
}

function federationOf(connection: Connection, platform: Platform, options: SetupOptions): Federation {
  if (platform.issuer === undefined)
    throw accessError('setup.no_platform_identity', {
      message: 'Sluice is no OpenID Connect issuer, so no workload identity pool can trust it.',
    })
  const provider = providerOf(connection)
  return {
    issuerUrl: platform.issuer.url,
    subject: connectionSubject(connection),
    poolId: agreed('poolId', provider?.poolId, options.poolId) ?? defaultPoolId(connection.name),
    providerId: agreed('providerId', provider?.providerId, options.providerId) ?? defaultProviderId(),
    projectNumber: provider?.projectNumber,
    audience: connection.auth.fields['audience'],
  }
}

function requireOurAccount(connection: Connection, platform: Platform): string {
  const account = ourServiceAccount(connection, platform)
  if (account !== undefined) return account
  throw accessError('setup.no_platform_identity', {
    message: 'Sluice has no service account of its own in Google Cloud, so nothing can be granted to it.',
  })
}

function accountOf(
  { auth, name }: Connection,
  email: string | undefined,
  projectId: string | undefined,
  options: SetupOptions,
): HolderAccount | undefined {
  const isKey = auth.method === 'service-account-key'
  const own = options.serviceAccountId ?? (isKey ? defaultServiceAccountId(name) : undefined)
  const id = agreed('serviceAccountId', email?.split('@')[0], options.serviceAccountId) ?? own
  if (id === undefined) return undefined
  // Of an account whose key we hold, only the name tells whether a setup of ours made it.
  if (email !== undefined) return { email, id, isMade: projectId !== undefined && projectOf(email) === projectId && (!isKey || id === own) }
  return { email: projectId === undefined ? undefined : `${id}@${projectId}.iam.gserviceaccount.com`, id, isMade: true }
}

function warningsOf(connection: Connection, locations: readonly Location[], deletesAlone: boolean): readonly string[] {
  const { access, auth } = connection
  const partial = locations.some(({ extent }) => extent !== 'bucket')
  return [
    ...(auth.method === 'service-account-key'
      ? ['The key of a service account does not expire by itself; federation needs no key at all.']
      : []),
    ...(partial && access.includes('list')
      ? [
          'Google grants listing for whole buckets only: the grant lets names of other objects be seen, not what is in them. Our leases are narrowed to the folder all the same; managed folders would narrow the grant too.',
        ]
      : []),
    ...(partial ? ['Conditions need uniform bucket-level access on the bucket.'] : []),
    ...(access.includes('write') && !access.includes('delete')
      ? ['Without the permission to delete, existing objects cannot be replaced: a file of a name that is taken is refused.']
      : []),
    ...(deletesAlone
      ? [
          'Google has no role that deletes and does not also create, so a second role is made that leases are narrowed with. Nobody is granted it; the connection is told its name.',
        ]
      : []),
  ]
}
