import type { Connection, Platform } from '@sluice/core'
import { type Partition, partitionOfRegion } from './setup/partition.ts'

/** The domain under which a partition's services answer. */
function domainOf(region: string): string {
  return partitionOfRegion(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
}

/** The host of S3 in a region; buckets answer under it. */
export function s3Host(region: string): string {
  return `s3.${region}.${domainOf(region)}`
}

/** The regional host of STS: its tokens work in every region, those of the global host do not in regions one must opt in to. */
export function stsOrigin(region: string): string {
  return `https://sts.${region}.${domainOf(region)}`
}

/** Where to ask for a bucket of which nothing is known. */
export const FIRST_REGION: { readonly [partition in Partition]: string } = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
}

/** The partition a connection works in: its role's, else ours. */
export function partitionOf({ auth }: Connection, { aws }: Platform): Partition {
  const named = auth.fields['roleArn']?.split(':')[1]
  return named === 'aws-cn' || named === 'aws-us-gov' || named === 'aws' ? named : (aws?.partition ?? 'aws')
}

/**
 * Whom our tokens are for in a partition. STS compares the audience with what the provider in the customer's account lists;
 * these are the names that AWS's own clients use there.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export function tokenAudience(partition: string): string {
  return partition === 'aws-cn' ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com'
}

/** The region whose STS a token is taken to: the operator's, where that is of the partition. */
export function tokenRegion({ aws }: Platform, partition: Partition): string {
  return aws?.partition === partition ? aws.stsRegion : FIRST_REGION[partition]
}
