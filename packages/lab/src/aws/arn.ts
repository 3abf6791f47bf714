/** The partition a region lies in. */
export function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

export function iamArn(accountId: string, kind: 'user' | 'role' | 'policy', path: string, name: string): string {
  return `arn:aws:iam::${accountId}:${kind}${path}${name}`
}

export function rootArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:root`
}

export function bucketArn(bucket: { readonly name: string; readonly region: string }): string {
  return `arn:${partitionOf(bucket.region)}:s3:::${bucket.name}`
}
