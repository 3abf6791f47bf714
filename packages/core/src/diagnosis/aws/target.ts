/** What a request was for, as its URL, ARN or name says. */
export interface Target {
  readonly bucket?: string
  /** '' for the bucket itself. */
  readonly key: string
  /** Given by the query of a listing. */
  readonly prefix?: string
  readonly versionId?: string
  readonly region?: string
  /** The access point it goes through: its ARN, alias or name. */
  readonly accessPoint?: string
  /** Whether it goes through an endpoint inside a VPC. */
  readonly inVpc?: boolean
  readonly plainHttp?: boolean
}

const S3_URL = /^s3[an]?:\/\/([^/?#]+)\/?([^?#]*)/i
const S3_ARN = /^arn:[\w-]+:s3:([\w-]*):(\d*):([\s\S]+)$/
const EXPRESS_ARN = /^arn:[\w-]+:s3express:([\w-]*):\d*:(?:bucket\/)?([^/]+)\/?([\s\S]*)$/
const HTTP_URL = /^(https?):\/\/([^/?#:]+)(?::\d+)?([^?#]*)(?:\?([^#]*))?/i
const REGION = String.raw`([a-z]{2}(?:-[a-z]+)+-\d+)`
const HOSTS = {
  accessPoint: new RegExp(String.raw`^([a-z0-9-]+)-\d{12}\.s3-accesspoint(?:-fips)?\.(?:dualstack\.)?${REGION}\.amazonaws\.com(?:\.cn)?$`),
  express: new RegExp(String.raw`^(?:([a-z0-9-]+--x-s3)\.)?s3express-[a-z0-9-]+\.${REGION}\.amazonaws\.com$`),
  vpc: new RegExp(String.raw`^(?:(.+)\.)?(?:bucket|accesspoint|control)?\.?vpce-[a-z0-9-]+\.s3\.${REGION}\.vpce\.amazonaws\.com$`),
  byHost: new RegExp(
    String.raw`^([a-z0-9][a-z0-9.-]*)\.s3(?:-accelerate|-fips)?(?:[.-](?:dualstack\.)?${REGION})?\.amazonaws\.com(?:\.cn)?$`,
  ),
  byPath: new RegExp(String.raw`^s3(?:-fips)?(?:[.-](?:dualstack\.)?${REGION})?\.amazonaws\.com(?:\.cn)?$`),
}

/** Reads a target, or tells that it names no place of S3. `bucket` is the connection's, for what is written without its host. */
export function readTarget(text: string | undefined, bucket?: string): Target | undefined {
  const given = text?.trim()
  if (given === undefined || given === '') return undefined
  const url = S3_URL.exec(given)
  if (url !== null) return named(url[1] ?? '', url[2] ?? '', queryOf(given))
  if (given.startsWith('arn:')) return fromArn(given)
  const http = HTTP_URL.exec(given)
  if (http !== null) return fromHttp(http, bucket)
  if (/^[a-z][a-z0-9+.-]*:/i.test(given) || bucket === undefined) return undefined
  // A name alone: a key of the connection's bucket, with or without the bucket before it.
  const path = given.replace(/^\//, '')
  if (path === bucket || path.startsWith(`${bucket}/`)) return { bucket, key: path.slice(bucket.length + 1) }
  return { bucket, key: path }
}

function named(name: string, key: string, query: ReadonlyMap<string, string>): Target {
  const prefix = query.get('prefix')
  const versionId = query.get('versionId')
  return {
    ...(name.endsWith('-s3alias') ? { accessPoint: name } : { bucket: name }),
    key: decoded(key),
    ...(prefix === undefined ? {} : { prefix }),
    ...(versionId === undefined ? {} : { versionId }),
  }
}

function fromArn(text: string): Target | undefined {
  const express = EXPRESS_ARN.exec(text)
  if (express !== null) return { bucket: express[2] ?? '', key: express[3] ?? '', ...region(express[1]) }
  const s3 = S3_ARN.exec(text)
  if (s3 === null) return undefined
  const [, place, , resource = ''] = s3
  const point = /^accesspoint[/:]([^/]+)(?:\/object)?\/?([\s\S]*)$/.exec(resource)
  if (point !== null)
    return {
      accessPoint: text.slice(0, text.length - resource.length) + `accesspoint/${point[1] ?? ''}`,
      key: point[2] ?? '',
      ...region(place),
    }
  const slash = resource.indexOf('/')
  return slash === -1 ? { bucket: resource, key: '' } : { bucket: resource.slice(0, slash), key: resource.slice(slash + 1) }
}

function fromHttp(match: RegExpExecArray, bucket: string | undefined): Target | undefined {
  const [, scheme = '', rawHost = '', path = '', rawQuery = ''] = match
  const host = rawHost.toLowerCase()
  const query = parsedQuery(rawQuery)
  const plain = scheme.toLowerCase() === 'http' ? { plainHttp: true } : {}
  const key = path.replace(/^\//, '')
  const point = HOSTS.accessPoint.exec(host)
  if (point !== null) return { ...named('', key, query), ...plain, bucket: '', accessPoint: point[1] ?? '', ...region(point[2]) }
  const express = HOSTS.express.exec(host)
  if (express !== null && express[1] !== undefined) return { ...named(express[1], key, query), ...plain, ...region(express[2]) }
  const vpc = HOSTS.vpc.exec(host)
  if (vpc !== null)
    return {
      ...(vpc[1] === undefined ? byPath(key, query) : named(vpc[1].replace(/\.?bucket$/, ''), key, query)),
      ...plain,
      inVpc: true,
      ...region(vpc[2]),
    }
  const hosted = HOSTS.byHost.exec(host)
  if (hosted !== null) return { ...named(hosted[1] ?? '', key, query), ...plain, ...region(hosted[2]) }
  const pathStyle = HOSTS.byPath.exec(host)
  if (pathStyle !== null) return { ...byPath(key, query), ...plain, ...region(pathStyle[1]) }
  // The endpoint of another store: it has the bucket in its name or at the beginning of its path.
  if (bucket === undefined) return undefined
  if (host.startsWith(`${bucket}.`)) return { ...named(bucket, key, query), ...plain }
  return key === bucket || key.startsWith(`${bucket}/`) ? { ...byPath(key, query), ...plain } : undefined
}

function byPath(path: string, query: ReadonlyMap<string, string>): Target {
  const slash = path.indexOf('/')
  return slash === -1 ? named(path, '', query) : named(path.slice(0, slash), path.slice(slash + 1), query)
}

function region(value: string | undefined): { readonly region?: string } {
  return value === undefined || value === '' ? {} : { region: value }
}

function queryOf(text: string): ReadonlyMap<string, string> {
  const start = text.indexOf('?')
  return start === -1 ? new Map() : parsedQuery(text.slice(start + 1))
}

function parsedQuery(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split('&')
      .filter((part) => part !== '')
      .map((part) => {
        const [name = '', ...value] = part.split('=')
        return [decoded(name), decoded(value.join('='))] as const
      }),
  )
}

/** Keys are compared as they are named, not as they are sent. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
