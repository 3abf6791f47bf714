import { type Location, accessError, parseAcs } from '@sluice/core'
import { type SplitUrl, splitUrl } from '../url/split-url.ts'
import { locationOf } from './location.ts'
import { regionIn, regionOfEndpoint } from './region.ts'

/**
 * Parses every form in which a place in OSS is pasted: `oss://`, the https URLs of both styles, public and internal, the console's own
 * URLs, and resource names of policies. Nothing but the path is decoded, and that once.
 */
export function parseAliyunUrl(text: string): Location {
  if (/^acs:/i.test(text.trim())) return parseResource(text.trim())
  const url = splitUrl(text)
  if (url.scheme === 'oss') {
    refuseQuery(url)
    return ossLocation(url)
  }
  if (url.scheme === 'https' || url.scheme === 'http') return parseHttps(url)
  throw accessError('location.invalid', {
    message: `${url.scheme}:// is not a URL of OSS.`,
    remedy: 'Write it like oss://bucket/folder/.',
  })
}

/** `oss://bucket/key`, or with the endpoint behind the bucket, as Alibaba's own big-data tools write it. */
function ossLocation({ authority, path }: SplitUrl): Location {
  const [bucket = '', ...endpoint] = authority.split('.')
  const region = endpoint.length === 0 ? undefined : regionOfEndpoint(endpoint.join('.'))
  return locationOf(region === undefined ? authority : bucket, path.slice(1), region)
}

function parseHttps(url: SplitUrl): Location {
  const host = url.authority.toLowerCase().replace(/:443$/, '')
  if (/^oss(?:next)?\.console\.(?:aliyun|alibabacloud)\.com$/.test(host)) return parseConsole(url)
  const [, bucket, endpoint] = /^(?:([^.]+)\.)?(?:s3\.)?(oss[a-z0-9-]*\.aliyuncs\.com)$/.exec(host) ?? []
  const region = regionOfEndpoint(endpoint)
  // Before there were regions, Hangzhou's endpoint had none in its name.
  if (endpoint === undefined || (region === undefined && endpoint !== 'oss.aliyuncs.com')) {
    const accelerated = endpoint?.startsWith('oss-accelerate') === true
    throw accessError('location.invalid', {
      message: accelerated ? 'Transfer acceleration is not supported.' : `${host.slice(0, 100)} is not a host of OSS.`,
      remedy: accelerated
        ? 'Write it like oss://bucket/folder/.'
        : 'For another store than OSS use its own cloud, or s3 with its endpoint.',
    })
  }
  refuseQuery(url)
  if (bucket !== undefined && bucket !== 's3') return locationOf(bucket, url.path.slice(1), region)
  const [first = '', ...key] = url.path.slice(1).split('/')
  return locationOf(first, key.join('/'), region)
}

/** `…/bucket/oss-cn-hangzhou/BUCKET/object?path=P`. */
function parseConsole(url: SplitUrl): Location {
  const path = /^\/bucket\/([^/]+)\/([^/]+)(?:\/.*)?$/.exec(url.path)
  if (path === null) throw accessError('location.invalid', { message: 'This page of the OSS console is not that of a bucket.' })
  const parameters = url.query.split('&').map((parameter): readonly [string, string] => {
    const [name = '', ...value] = parameter.split('=')
    return [name, value.join('=').replaceAll('+', '%20')]
  })
  return locationOf(path[2] ?? '', new Map(parameters).get('path') ?? '', regionOfEndpoint(path[1]) ?? regionIn(path[1]))
}

/** `acs:oss:*:*:bucket`, with a key or with the `/*` of policies. Keys in resource names are not encoded. */
function parseResource(text: string): Location {
  const acs = parseAcs(text)
  if (acs?.service !== 'oss')
    throw accessError('location.invalid', {
      message: 'This is not the name of a bucket or object in policies of RAM.',
      remedy: 'Name the bucket: acs:oss:*:*:bucket, or oss://bucket/folder/.',
    })
  const [bucket = '', ...rest] = acs.resource.split('/')
  const key = rest.join('/').replace(/(^|\/)\*$/, '$1')
  return locationOf(bucket, key.replaceAll('%', '%25').replaceAll('?', '%3F').replaceAll('#', '%23'), regionOfEndpoint(acs.region))
}

function refuseQuery(url: SplitUrl): void {
  if (url.query === '') return
  const name = url.query.split('=')[0]?.slice(0, 40) ?? ''
  if (url.scheme === 'oss' && !url.query.includes('=')) throw accessError('location.wildcard', { message: 'The URL has a question mark.' })
  throw accessError('location.invalid', {
    message: `The URL has the parameter ${JSON.stringify(name)}, and a location takes none.`,
    remedy: 'Leave everything from the question mark on out; settings such as the region belong to the connection.',
  })
}
