import { type Location, accessError } from '@sluice/core'
import { regionIn } from '../s3-protocol/errors.ts'
import { locationOf } from '../s3-protocol/location.ts'
import { type SplitUrl, splitUrl } from '../url/split-url.ts'

/**
 * Parses every form in which a place in S3 is pasted: `s3://`, the https URLs of both styles, old and new, the console's own URLs, and ARNs.
 * Nothing but the path is decoded, and that once.
 */
export function parseAwsUrl(text: string): Location {
  if (/^arn:/i.test(text.trim())) return parseArnLocation(text.trim())
  const url = splitUrl(text)
  if (url.scheme === 's3') {
    refuseQuery(url)
    return locationOf('aws', url.authority, url.path.slice(1))
  }
  if (url.scheme === 'https' || url.scheme === 'http') return parseHttps(url)
  throw accessError('location.invalid', {
    message: `${url.scheme}:// is not a URL of AWS.`,
    remedy: ['s3a', 's3n'].includes(url.scheme) ? 'Write s3:// in its place.' : 'Write it like s3://bucket/folder/.',
  })
}

function parseHttps(url: SplitUrl): Location {
  const host = url.authority.toLowerCase().replace(/:443$/, '')
  if (/^(?:[a-z0-9-]+\.)?console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)$|^s3\.console\.aws\.amazon\.com$/.test(host))
    return parseConsole(host, url)
  const service = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+){1,2}-\d))?\.amazonaws\.com(?:\.cn)?$/.exec(host)
  if (service === null) {
    const known = /s3-website|s3-accelerate|s3-accesspoint|s3express|s3-fips/.exec(host)?.[0]
    throw accessError('location.invalid', {
      message: known === undefined ? `${host.slice(0, 100)} is not a host of S3.` : `${known} hosts are not supported.`,
      remedy: known === undefined ? 'For another store than AWS use the cloud s3 with its endpoint.' : 'Write it like s3://bucket/folder/.',
    })
  }
  refuseQuery(url)
  const region = regionIn(service[2])
  if (service[1] !== undefined) return locationOf('aws', service[1], url.path.slice(1), region)
  const [bucket = '', ...key] = url.path.slice(1).split('/')
  return locationOf('aws', bucket, key.join('/'), region)
}

/** `…/s3/buckets/BUCKET?region=R&prefix=P` and `…/s3/object/BUCKET?prefix=KEY`. */
function parseConsole(host: string, url: SplitUrl): Location {
  const path = /^\/s3\/(buckets|object)\/([^/]+)\/?(.*)$/.exec(url.path)
  if (path === null) throw accessError('location.invalid', { message: 'This page of the AWS console is not that of a bucket or object.' })
  const query = new Map(
    url.query.split('&').map((parameter): readonly [string, string] => {
      const [name = '', ...value] = parameter.split('=')
      return [name, value.join('=').replaceAll('+', '%20')]
    }),
  )
  const region = regionIn(query.get('region') ?? host.split('.')[0])
  // The console opens buckets of every region from any of its hosts; only its `region` parameter is the bucket's own.
  const own = query.has('region') ? region : undefined
  return locationOf('aws', path[2] ?? '', query.get('prefix') ?? path[3] ?? '', own)
}

/** `arn:aws:s3:::bucket`, with a key or with the `/*` of policies. Keys in ARNs are not encoded. */
function parseArnLocation(text: string): Location {
  const match = /^arn:(aws|aws-cn|aws-us-gov):s3:::([^/]*)(?:\/(.*))?$/s.exec(text)
  if (match === null)
    throw accessError('location.invalid', {
      message: /:accesspoint[/:]/.test(text) ? 'Access points are not supported.' : 'This is not the ARN of a bucket or object.',
      remedy: 'Name the bucket: arn:aws:s3:::bucket, or s3://bucket/folder/.',
    })
  const key = (match[3] ?? '').replace(/(^|\/)\*$/, '$1')
  return locationOf('aws', match[2] ?? '', key.replaceAll('%', '%25').replaceAll('?', '%3F').replaceAll('#', '%23'))
}

function refuseQuery(url: SplitUrl): void {
  if (url.query === '') return
  const name = url.query.split('=')[0]?.slice(0, 40) ?? ''
  const wildcard = url.scheme === 's3' && !url.query.includes('=')
  if (wildcard) throw accessError('location.wildcard', { message: 'The URL has a question mark.' })
  throw accessError('location.invalid', {
    message: `The URL has the parameter ${JSON.stringify(name)}, and a location takes none.`,
    remedy: 'Leave everything from the question mark on out; settings such as the region belong to the connection.',
  })
}
