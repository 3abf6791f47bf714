import { percentDecode, type LabRequest } from '../../../http/request.ts'

/** What a request to the XML API is about. */
export interface XmlTarget {
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
}

const HOST = 'storage.googleapis.com'

/** Whether a host is the XML API's with the bucket in front. */
export function isBucketHost(host: string): boolean {
  return host.endsWith(`.${HOST}`)
}

const OPERATIONS: { readonly [method: string]: string } = {
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
  DELETE: 'DeleteObject',
}

/** Finds the bucket, in the host or in front of the path, and the key. */
export function routeXml({ method, host, rawPath }: LabRequest): XmlTarget {
  const path = (percentDecode(rawPath) ?? '').slice(1)
  const cut = path.indexOf('/')
  const [bucket, key] = isBucketHost(host)
    ? [host.slice(0, -HOST.length - 1), path]
    : cut < 0
      ? [path, '']
      : [path.slice(0, cut), path.slice(cut + 1)]
  if (bucket === '') return { operation: 'unknown' }
  if (key === '') return { bucket, operation: 'unknown' }
  return { bucket, key, operation: OPERATIONS[method] ?? 'unknown' }
}
