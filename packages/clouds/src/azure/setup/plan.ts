import { type Access, type Connection, type Location, type Platform, type SetupOptions, accessError, connectionSubject } from '@sluice/core'
import { outermost } from '../../setup/locations.ts'
import { accountOf } from '../account.ts'
import { conditionOf, dataActionsOf } from './condition.ts'
import { defaultApplicationName, defaultCustomRoleName, defaultIdentityName } from './names.ts'
import { checkOptions } from './option-rules.ts'
import { type SasPlan, planSas } from './sas-plan.ts'

/** One container, what of it is to be reached, and what a role on it is given under. */
export interface ContainerPlan {
  readonly account: string
  readonly container: string
  readonly locations: readonly Location[]
  readonly condition: string | undefined
}

/** An application of the customer's, or a managed identity in its place, that trusts our tokens. */
export interface Federation {
  readonly issuerUrl: string
  readonly subject: string
  /** Names the federated credential: the connection's id. */
  readonly credentialName: string
  readonly applicationName: string
  /** Whether the application is made for this connection alone. */
  readonly isMade: boolean
  readonly identityName: string
  /** Known once the connection was told. */
  readonly tenantId: string | undefined
  readonly clientId: string | undefined
}

/** The managed identity of ours. */
export interface OurIdentity {
  readonly clientId: string
  readonly objectId: string
  readonly tenantId: string
}

/** What the role may do with data; given on each container. */
export interface RolePlan {
  readonly name: string
  /** A role that the setup makes. */
  readonly isCustom: boolean
  readonly dataActions: readonly string[]
}

/** Everything the documents are written from: the connection, the platform and the options, checked and made to agree. */
export interface SetupPlan {
  readonly connection: Connection
  readonly method: 'federation' | 'managed-identity' | 'sas' | 'account-key'
  /** What is granted: what the connection asks for, and what Azure gives only with it. */
  readonly access: readonly Access[]
  /** None lies within another. */
  readonly locations: readonly Location[]
  readonly containers: readonly ContainerPlan[]
  readonly accounts: readonly string[]
  readonly subscriptionId: string | undefined
  readonly resourceGroup: string | undefined
  readonly federation: Federation | undefined
  readonly ourIdentity: OurIdentity | undefined
  /** Absent for SAS and account keys. */
  readonly role: RolePlan | undefined
  readonly sas: SasPlan | undefined
  /** Where our requests come from, for a firewall of the account. */
  readonly addresses: readonly string[]
  /** Whether templates can be published, so that a link deploys them. */
  readonly publishes: boolean
  readonly warnings: readonly string[]
}

export const READER = 'Storage Blob Data Reader'
export const DELEGATOR = 'Storage Blob Delegator'

export function planSetup(connection: Connection, platform: Platform, options: SetupOptions): SetupPlan {
  const method = methodOf(connection)
  checkOptions(options, method)
  const locations = outermost(connection)
  const byRoles = method === 'federation' || method === 'managed-identity'
  const access = byRoles ? grantedAccess(connection.access, locations) : connection.access
  const containers = containersOf(connection, locations, byRoles ? access : undefined)
  const sas = method === 'sas' ? planSas(connection, containers, options.expiresAt) : undefined
  const role = byRoles ? roleOf(connection, access, options.customRoleId) : undefined
  return {
    connection,
    method,
    access,
    locations,
    containers,
    accounts: [...new Set(containers.map(({ account }) => account))],
    subscriptionId: options.subscriptionId?.toLowerCase(),
    resourceGroup: options.resourceGroup,
    federation: method === 'federation' ? federationOf(connection, platform, options) : undefined,
    ourIdentity: method === 'managed-identity' ? requireOurIdentity(platform) : undefined,
    role,
    sas,
    addresses: platform.egressAddresses,
    publishes: platform.aws?.templateBucket !== undefined,
    warnings: [...roleWarnings(connection, access, role), ...(sas?.warnings ?? []), ...(method === 'account-key' ? [KEY_WARNING] : [])],
  }
}

function methodOf({ auth, name }: Connection): SetupPlan['method'] {
  const { method } = auth
  if (method === 'federation' || method === 'managed-identity' || method === 'sas' || method === 'account-key') return method
  throw accessError('internal.defect', { message: `Connection ${name} has no method of Azure.` })
}

/** To see that a single blob is there takes the right to read it. */
function grantedAccess(access: readonly Access[], locations: readonly Location[]): readonly Access[] {
  const looksAtBlobs = access.includes('list') && locations.some(({ extent }) => extent === 'object')
  return looksAtBlobs && !access.includes('read') ? [...access, 'read'] : access
}

function containersOf(
  connection: Connection,
  locations: readonly Location[],
  access: readonly Access[] | undefined,
): readonly ContainerPlan[] {
  const placed = locations.map((location) => ({ account: accountOf(connection, location), location }))
  return [...Map.groupBy(placed, ({ account, location }) => `${account}/${location.bucket}`).values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const inside = group.map(({ location }) => location)
    const container = first.location.bucket
    const condition = access === undefined ? undefined : conditionOf(access, container, inside)
    return [{ account: first.account, container, locations: inside, condition }]
  })
}

/** Azure's own role where it gives exactly what is asked; a custom one otherwise: the Contributor of blobs may delete the container too. */
function roleOf(connection: Connection, access: readonly Access[], customName: string | undefined): RolePlan {
  const dataActions = dataActionsOf(access)
  const reads = access.every((one) => one === 'list' || one === 'read')
  if (reads && customName === undefined) return { name: READER, isCustom: false, dataActions }
  return { name: customName ?? defaultCustomRoleName(connection), isCustom: true, dataActions }
}

function federationOf(connection: Connection, platform: Platform, options: SetupOptions): Federation {
  if (platform.issuer === undefined)
    throw accessError('setup.no_platform_identity', {
      message: 'Sluice is no OpenID Connect issuer, so no application can trust it.',
    })
  const { tenantId, clientId } = connection.auth.fields
  return {
    issuerUrl: platform.issuer.url,
    subject: connectionSubject(connection),
    credentialName: connection.id,
    applicationName: options.applicationName ?? defaultApplicationName(connection),
    isMade: options.applicationName === undefined,
    identityName: defaultIdentityName(connection),
    tenantId,
    clientId,
  }
}

function requireOurIdentity({ azure }: Platform): OurIdentity {
  if (azure !== undefined) return azure
  throw accessError('setup.no_platform_identity', {
    message: 'Sluice runs as no managed identity, so nothing can be granted to it.',
  })
}

const KEY_WARNING =
  'An account key reaches everything in the storage account, can change its settings and never ends: federation or a SAS for the container does with less.'

function roleWarnings(connection: Connection, access: readonly Access[], role: RolePlan | undefined): readonly string[] {
  if (role === undefined) return []
  return [
    ...(role.isCustom ? ['A custom role is made, which takes Owner or User Access Administrator on the resource group.'] : []),
    ...(access.length > connection.access.length
      ? ['To see that a single blob is there takes the right to read it: the role includes that, our leases do not.']
      : []),
  ]
}
