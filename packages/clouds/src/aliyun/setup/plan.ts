import { accessError, type Access, type Connection, type Location, type Platform, type SetupOptions } from '@sluice/core'
import { outermost } from '../../setup/locations.ts'
import { defaultRamName } from '../../setup/names.ts'
import { isLiteral } from '../policy-text.ts'
import { FIRST_REGION } from '../region.ts'
import { type Holder, holderOf } from './holder.ts'
import { type KmsKeys, kmsKeysOf } from './kms.ts'
import { checkOption, checkOptions } from './option-rules.ts'

/** Everything the documents are written from: the connection, the platform and the options, checked and made to agree. */
export interface SetupPlan {
  readonly connection: Connection
  readonly platform: Platform
  /** Where the buckets are, as far as known; else a region for links and tools, which want one. */
  readonly region: string
  /** Account of the role or user; absent while nobody has said. */
  readonly accountId: string | undefined
  readonly holder: Holder
  readonly policyName: string
  readonly access: readonly Access[]
  /** None lies within another. */
  readonly locations: readonly Location[]
  readonly kmsKeys: KmsKeys
  readonly createBucket: { readonly name: string; readonly region: string; readonly kmsKeyArn?: string } | undefined
  /** Account of the buckets, where it is not the role's. */
  readonly foreignBucketAccount: string | undefined
  readonly warnings: readonly string[]
}

export function planSetup(connection: Connection, platform: Platform, options: SetupOptions): SetupPlan {
  checkOptions(options)
  const locations = outermost(connection)
  for (const { prefix } of locations)
    if (!isLiteral(prefix))
      throw accessError('setup.location_malformed', {
        message: `The location ${prefix.slice(0, 200)} has a *, a ? or a \${, which policies of RAM read as wildcards and cannot take literally.`,
      })
  const createBucket = bucketToCreate(locations, options)
  const regions = regionsOf(connection, locations, createBucket?.region)
  const kmsKeys = kmsKeysOf(connection, options.createBucket?.kmsKeyArn)
  const holder = holderOf(connection, platform, options, defaultRamName(connection.name))
  const foreignBucketAccount = foreignAccount(connection, options, holder)
  if (foreignBucketAccount !== undefined && createBucket !== undefined)
    throw accessError('setup.option_conflict', {
      message: 'The setup is applied in the account of the role, so it cannot create a bucket in another account.',
    })
  return {
    connection,
    platform,
    region: regions[0] ?? FIRST_REGION,
    accountId: holder.accountId,
    holder,
    policyName: options.policyName ?? defaultRamName(connection.name),
    access: connection.access,
    locations,
    kmsKeys,
    createBucket,
    foreignBucketAccount,
    warnings: [
      ...holder.warnings,
      ...kmsKeys.warnings,
      ...keyWarnings(kmsKeys, holder.accountId),
      ...foreignWarnings(foreignBucketAccount, holder),
    ],
  }
}

function bucketToCreate(locations: readonly Location[], options: SetupOptions): SetupPlan['createBucket'] {
  if (options.createBucket === undefined) return undefined
  const names = [...new Set(locations.map((location) => location.bucket))]
  const [name] = names
  if (name === undefined || names.length > 1)
    throw accessError('setup.option_conflict', {
      message: `A bucket can be created for a connection with one bucket; this one has ${names.length}.`,
    })
  return { name, ...options.createBucket }
}

function regionsOf(connection: Connection, locations: readonly Location[], created: string | undefined): readonly string[] {
  const named = [created, connection.settings.region, ...locations.map((location) => location.region), connection.pinned?.region]
  const regions = [...new Set(named.filter((region) => region !== undefined))]
  for (const region of regions) checkOption('region', region)
  if (created !== undefined && regions.length > 1)
    throw accessError('setup.option_conflict', {
      message: `The bucket would be created in ${created}, but the connection says ${regions.filter((region) => region !== created).join(', ')}.`,
    })
  return regions
}

/** What a policy of RAM allows ends at its own account. */
function keyWarnings(keys: KmsKeys, accountId: string | undefined): readonly string[] {
  return [...new Set([...keys.read, ...keys.write])]
    .filter((key) => accountId !== undefined && ![accountId, '*'].includes(key.split(':')[3] ?? ''))
    .map((key) => `The key ${key} belongs to another account: its owner has to allow its use too, in the policy of the key.`)
}

/** The buckets' account where it is not the role's: as the admin says, else as the connection expects it. */
function foreignAccount(connection: Connection, options: SetupOptions, holder: Holder): string | undefined {
  const { expectedBucketOwner } = connection.settings
  const { bucketAccountId } = options
  if (bucketAccountId !== undefined && expectedBucketOwner !== undefined && bucketAccountId !== expectedBucketOwner)
    throw accessError('setup.option_conflict', {
      message: `bucketAccountId is ${bucketAccountId}, but the connection expects the buckets to belong to ${expectedBucketOwner}.`,
    })
  const owner = bucketAccountId ?? expectedBucketOwner
  // Without the role's account nothing says that the expected owner is another one.
  if (owner === undefined || owner === holder.accountId || (bucketAccountId === undefined && holder.accountId === undefined))
    return undefined
  if (holder.kind === 'user')
    throw accessError('setup.option_conflict', {
      message: 'The bucket policy of another account names RAM users by their UID, which nobody knows before the user exists.',
      remedy: 'Use a role, or make the user in the account of the bucket.',
    })
  return owner
}

function foreignWarnings(bucketAccount: string | undefined, holder: Holder): readonly string[] {
  if (bucketAccount === undefined || holder.accountId !== undefined) return []
  return ['The account of the role is not known yet, so the bucket policy cannot name the role: give accountId to get it.']
}
