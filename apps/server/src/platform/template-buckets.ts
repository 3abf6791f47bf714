import type { AliyunCredentials, AwsCredentials, CloudDeps } from '@sluice/clouds'
import type { AwsPlatform, Cloud, Platform } from '@sluice/core'
import type { TemplateBucket } from './templates.ts'

const SUFFIX: { readonly [partition in AwsPlatform['partition']]: string } = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
}

/** The buckets for templates that the operator named, with what writes to them. */
export function templateBuckets(
  { aws, aliyun }: Platform,
  clouds: readonly Cloud[],
  credentials: CloudDeps['platformCredentials'],
): { readonly [cloud: string]: TemplateBucket } {
  const buckets: { [cloud: string]: TemplateBucket } = {}
  for (const cloud of clouds) {
    if (cloud.id === 'aws' && aws?.templateBucket !== undefined && credentials.aws !== undefined)
      buckets[cloud.id] = s3Bucket(cloud, aws.templateBucket, SUFFIX[aws.partition], credentials.aws)
    if (cloud.id === 'aliyun' && aliyun?.templateBucket !== undefined && credentials.aliyun !== undefined)
      buckets[cloud.id] = ossBucket(cloud, aliyun.templateBucket, credentials.aliyun)
  }
  return buckets
}

interface Place {
  readonly name: string
  readonly region: string
}

function s3Bucket(
  cloud: Cloud,
  { name, region }: Place,
  suffix: string,
  credentials: (signal: AbortSignal) => Promise<AwsCredentials>,
): TemplateBucket {
  const host = `s3.${region}.${suffix}`
  return {
    cloud,
    name,
    region,
    // No certificate covers a bucket with dots in its name.
    urlOf: (key) => (name.includes('.') ? `https://${host}/${name}/${key}` : `https://${name}.${host}/${key}`),
    async credentials(signal) {
      const { expiresAt, ...secret } = await credentials(signal)
      return { secret: { kind: 'aws', ...secret }, expiresAt }
    },
  }
}

function ossBucket(
  cloud: Cloud,
  { name, region }: Place,
  credentials: (signal: AbortSignal) => Promise<AliyunCredentials>,
): TemplateBucket {
  return {
    cloud,
    name,
    region,
    urlOf: (key) => `https://${name}.oss-${region}.aliyuncs.com/${key}`,
    async credentials(signal) {
      const { expiresAt, ...secret } = await credentials(signal)
      return { secret: { kind: 'oss', ...secret }, expiresAt }
    },
  }
}
