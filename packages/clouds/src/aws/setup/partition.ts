import { accessError } from '@sluice/core'

export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov'

/** The partition a region lies in. */
export function partitionOfRegion(region: string): Partition {
  if (region.startsWith('cn-')) return 'aws-cn'
  if (region.startsWith('us-gov-')) return 'aws-us-gov'
  if (/^(us-iso|eu-iso|eusc-)/.test(region))
    throw accessError('setup.partition_mismatch', {
      message: `Region ${region} lies in a partition of AWS that Sluice does not know.`,
      context: { region },
    })
  return 'aws'
}

/** The region whose console opens when nothing names one. */
export const HOME_REGION: { readonly [partition in Partition]: string } = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
}

/** Host names under which a service says it called KMS, for `kms:ViaService`. China's may carry the regional suffix, so both are listed. */
export function viaS3(region: string): readonly string[] {
  const host = `s3.${region}.amazonaws.com`
  return partitionOfRegion(region) === 'aws-cn' ? [host, `${host}.cn`] : [host]
}
