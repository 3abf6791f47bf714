import { isOpaque } from './unknown.ts'

/** What is wrong with an ARN of a bucket or object, and how it is written. */
export interface ArnProblem {
  readonly message: string
  readonly write?: string
}

const PARTITIONS = new Set(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f', 'aws-eusc'])

/** Resources of S3 whose ARNs do have an account, most of them a region too. */
const WITH_ACCOUNT = /^(accesspoint|job|access-grants|storage-lens|storage-lens-group|async-request|\*|\$)/

/** Looks at the shape of a resource that is meant to be of S3. Undefined when nothing is wrong, or when it is not of S3. */
export function s3ArnProblem(value: string): ArnProblem | undefined {
  if (isOpaque(value)) return undefined
  const url = /^s3[an]?:\/\/([^/]+)(\/.*)?$/.exec(value)
  if (url)
    return { message: `${value} is a URL, not an ARN.`, write: `arn:aws:s3:::${url[1] ?? ''}${url[2] === '/' ? '/*' : (url[2] ?? '')}` }
  const noPartition = /^arn:s3:::?(?!:)(.+)$/.exec(value)
  if (noPartition) return { message: `${value} has no partition.`, write: `arn:aws:s3:::${noPartition[1] ?? ''}` }
  const colons = /^arn:([^:]*):(s3):{1,2}([^:]+)$/i.exec(value) ?? /^arn:([^:]*):(s3):{4,}([^:]+)$/i.exec(value)
  if (colons && colons[3] !== '*')
    return { message: `${value} has not the three colons of an S3 ARN.`, write: `arn:${colons[1] ?? 'aws'}:s3:::${colons[3] ?? ''}` }
  const fields = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(value)
  if (!fields) return undefined
  const [, partition = '', service = '', region = '', account = '', resource = ''] = fields
  if (service.toLowerCase() !== 's3') return undefined
  if (service !== 's3') return { message: `${value} writes the service in capitals.`, write: value.replace(`:${service}:`, ':s3:') }
  if (!/[*?$\uE000]/u.test(partition) && !PARTITIONS.has(partition))
    return {
      message: partition === '' ? `${value} has no partition.` : `${value} has the partition ${partition}, which does not exist.`,
      ...(partition === '' ? { write: value.replace('arn::', 'arn:aws:') } : {}),
    }
  if (resource === '') return { message: `${value} names no bucket.` }
  const placed = /[^*]/.test(region) || /[^*]/.test(account)
  if (placed && !WITH_ACCOUNT.test(resource))
    return {
      message: `${value} has ${region === '' ? 'an account' : account === '' ? 'a region' : 'a region and an account'}: the ARN of a bucket has neither.`,
      write: `arn:${partition}:s3:::${resource}`,
    }
  return placed ? undefined : bucketProblem(value, partition, resource)
}

function bucketProblem(value: string, partition: string, resource: string): ArnProblem | undefined {
  if (resource.startsWith('/'))
    return { message: `${value} has a slash before the bucket.`, write: `arn:${partition}:s3:::${resource.replace(/^\/+/, '')}` }
  const [bucket = ''] = resource.split('/')
  if (/[*?$\uE000<{]/u.test(bucket)) return undefined
  if (/\.amazonaws\.com(\.cn)?$/.test(bucket)) {
    const name = bucket.replace(/\.s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/, '')
    return { message: `${value} names the bucket's host: its name alone belongs there.`, write: value.replace(bucket, name) }
  }
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i.test(bucket)) return { message: `${bucket} cannot be the name of a bucket.` }
  return undefined
}
