import type { Command } from '../invocation.ts'
import { facts } from '../output/facts.ts'

/** `sluice platform show` */
export const showPlatform: Command = async (invocation) => {
  const platform = await (await invocation.client()).platform(invocation.terminal.signal)
  if (invocation.json) {
    invocation.printJson(platform)
    return 0
  }
  const { aws, aliyun } = platform
  const rows: [string, string][] =
    aws === undefined
      ? [['AWS identity', 'none: the role method is refused; keys and public buckets work (set SLUICE_AWS_PRINCIPAL_ARN)']]
      : [
          ['AWS principal', aws.principalArn],
          ['AWS account', aws.accountId],
          ['trust names', aws.trust === 'account' ? 'the account root, narrowed to the principal' : 'the principal itself'],
          ['STS region', aws.stsRegion],
          ['template bucket', bucketName(aws.templateBucket)],
        ]
  if (aliyun !== undefined)
    rows.push(
      ['Alibaba Cloud principal', aliyun.principalArn],
      ['Alibaba Cloud STS region', aliyun.stsRegion],
      ['Alibaba Cloud template bucket', bucketName(aliyun.templateBucket)],
    )
  rows.push(['issuer', platform.issuer?.url ?? 'none: the methods that trust our tokens are refused (set SLUICE_ISSUER_URL)'])
  rows.push(['regions', platform.regions.join(', ') || 'none named'])
  rows.push(['egress addresses', platform.egressAddresses.join(', ') || 'none named'])
  invocation.print(facts(rows, invocation.terminal.stdout.columns))
  return 0
}

function bucketName(bucket: { readonly name: string; readonly region: string } | undefined): string {
  return bucket === undefined ? 'none' : `${bucket.name} (${bucket.region})`
}
