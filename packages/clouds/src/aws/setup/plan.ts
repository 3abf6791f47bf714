import { accessError, type Access, type AwsPlatform, type Connection, type Location, type Platform, type SetupOptions } from '@sluice/core'
import { outermost } from '../../setup/locations.ts'
import { defaultPolicyName, defaultRoleName } from '../../setup/names.ts'
import { type Holder, holderOf } from './holder.ts'
import { keyWarnings, type KmsKeys, kmsKeysOf } from './kms.ts'
import type { IssuerTrust } from './oidc-provider.ts'
import { checkOption, checkOptions } from './option-rules.ts'
import { HOME_REGION, type Partition, partitionOfRegion } from './partition.ts'

/** Everything the documents are written from: the connection, the platform and the options, checked and made to agree. */
export interface SetupPlan {
  readonly connection: Connection
  readonly platform: Platform
  readonly partition: Partition
  /** Where the buckets are, as far as known; else the partition's home, for links only. */
  readonly region: string
  readonly regionKnown: boolean
  /** Account of the role or user; absent while nobody has said. */
  readonly accountId: string | undefined
  readonly holder: Holder
  readonly policyName: string
  readonly path: string
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  readonly permissionsBoundary: string | undefined
  readonly access: readonly Access[]
  /** None lies within another. */
  readonly locations: readonly Location[]
  readonly kmsKeys: KmsKeys
  readonly createBucket: { readonly name: string; readonly region: string; readonly kmsKeyArn?: string } | undefined
  /** Account of the buckets, where it is not the role's. */
  readonly foreignBucketAccount: string | undefined
  readonly warnings: readonly string[]
}

/** The tag by which our scripts know what they made, so that they never change or remove anything else. */
export const OWNER_TAG = 'sluice:connection'

export function planSetup(connection: Connection, platform: Platform, options: SetupOptions): SetupPlan {
  checkOptions(options)
  const locations = outermost(connection)
  if (connection.access.length === 0) throw accessError('setup.no_access', { message: `Connection ${connection.name} has no purpose yet.` })
  const createBucket = bucketToCreate(locations, options)
  const regions = regionsOf(connection, locations, createBucket?.region)
  const kmsKeys = kmsKeysOf(connection, options.createBucket?.kmsKeyArn)
  const partition = onePartition(connection, platform.aws, regions, kmsKeys)
  const holder = holderOf(connection, platform, options, partition, defaultRoleName(connection.name))
  const foreignBucketAccount = foreignAccount(connection, options, holder.accountId)
  if (foreignBucketAccount !== undefined && createBucket !== undefined)
    throw accessError('setup.option_conflict', {
      message: 'The setup is applied in the account of the role, so it cannot create a bucket in another account.',
    })
  return {
    connection,
    platform,
    partition,
    region: regions[0] ?? HOME_REGION[partition],
    regionKnown: regions.length > 0,
    accountId: holder.accountId,
    holder,
    policyName: options.policyName ?? defaultPolicyName(connection.name),
    path: holder.path,
    tags: [{ key: OWNER_TAG, value: connection.id }, ...Object.entries(options.tags ?? {}).map(([key, value]) => ({ key, value }))],
    permissionsBoundary: options.permissionsBoundary,
    access: connection.access,
    locations,
    kmsKeys,
    createBucket,
    foreignBucketAccount,
    warnings: [
      ...holder.warnings,
      ...kmsKeys.warnings,
      ...keyWarnings(kmsKeys, holder.accountId),
      ...characterWarnings(locations),
      ...foreignWarnings(foreignBucketAccount, holder.accountId),
    ],
  }
}

/** What the role trusts, where that is our issuer. */
export function issuerOf({ holder }: SetupPlan): IssuerTrust | undefined {
  return holder.kind === 'role' && holder.trusts.kind === 'issuer' ? holder.trusts : undefined
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

function onePartition(connection: Connection, aws: AwsPlatform | undefined, regions: readonly string[], keys: KmsKeys): Partition {
  const role = connection.auth.method === 'role'
  const { roleArn } = connection.auth.fields
  const arns = [...keys.read, ...keys.write, ...(roleArn === undefined ? [] : [roleArn])]
  const named = [...regions.map(partitionOfRegion), ...arns.map(partitionOfArn), ...(role && aws ? [aws.partition] : [])]
  const partitions = [...new Set(named)]
  if (partitions.length > 1)
    throw accessError('setup.partition_mismatch', {
      message: `The setup of connection ${connection.name} would span the partitions ${partitions.join(' and ')}.`,
    })
  return partitions[0] ?? 'aws'
}

function partitionOfArn(arn: string): Partition {
  const partition = arn.split(':')[1]
  return partition === 'aws-cn' || partition === 'aws-us-gov' ? partition : 'aws'
}

/** IAM takes policies up to U+00FF; our own JSON escapes what lies beyond, CloudFormation and Terraform write it as it is. */
function characterWarnings(locations: readonly Location[]): readonly string[] {
  const [beyond] = locations.filter(({ prefix }) => /[\u0100-\uffff]/.test(prefix))
  if (beyond === undefined) return []
  return [
    `${beyond.prefix} has characters that IAM takes only escaped: use the CLI or the console, the template and Terraform may be refused.`,
  ]
}

/** The buckets' account where it is not the role's: as the admin says, else as the connection expects it. */
function foreignAccount(connection: Connection, options: SetupOptions, accountId: string | undefined): string | undefined {
  const { expectedBucketOwner } = connection.settings
  const { bucketAccountId } = options
  if (bucketAccountId !== undefined && expectedBucketOwner !== undefined && bucketAccountId !== expectedBucketOwner)
    throw accessError('setup.option_conflict', {
      message: `bucketAccountId is ${bucketAccountId}, but the connection expects the buckets to belong to ${expectedBucketOwner}.`,
    })
  if (bucketAccountId !== undefined) return bucketAccountId === accountId ? undefined : bucketAccountId
  // Without the role's account nothing says that the expected owner is another one.
  return expectedBucketOwner === undefined || accountId === undefined || expectedBucketOwner === accountId ? undefined : expectedBucketOwner
}

function foreignWarnings(bucketAccount: string | undefined, accountId: string | undefined): readonly string[] {
  if (bucketAccount === undefined || accountId !== undefined) return []
  return ['The account of the role is not known yet, so the bucket policy cannot name the role: give accountId to get it.']
}
