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
