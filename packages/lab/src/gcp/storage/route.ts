import { percentDecode, queryValue, type LabRequest } from '../../http/request.ts'

/** What a request to the JSON API asks for. */
export interface JsonTarget {
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
}

const BASE = /^\/(?:(upload|resumable\/upload|download)\/)?storage\/v1\/(.*)$/

/** Whether a path is the JSON API's: also at the lab's own address, where clients with an endpoint of their own send it. */
export function isJsonPath(rawPath: string): boolean {
  return BASE.test(rawPath)
}

/** Finds the operation of a request to the JSON API, its bucket and object. */
export function routeJson(request: LabRequest): JsonTarget {
  const [, face, rest = ''] = BASE.exec(request.rawPath) ?? []
  // Slashes of an object's name are encoded: what is split here is the path's own.
  const [kind, bucket, ...more] = rest.split('/').map((part) => percentDecode(part) ?? '')
  if (kind !== 'b')
    return {
      operation: kind === 'projects' && more[0] === 'serviceAccount' ? 'serviceAccount' : 'unknown',
      ...(bucket === undefined ? {} : { bucket }),
    }
  if (bucket === undefined || bucket === '') return { operation: pick(request, { GET: 'buckets.list', POST: 'buckets.insert' }) }
  const [collection, name, action] = more
  if (collection === undefined)
    return { bucket, operation: pick(request, { GET: 'buckets.get', PATCH: 'buckets.patch', DELETE: 'buckets.delete' }) }
  if (collection === 'storageLayout') return { bucket, operation: pick(request, { GET: 'buckets.getStorageLayout' }) }
  if (collection === 'iam') return { bucket, operation: iamOperation(request, name) }
  if (collection !== 'o') return { bucket, operation: 'unknown' }
  if (name === undefined)
    return { bucket, ...(face?.endsWith('upload') ? uploadTarget(request) : { operation: pick(request, { GET: 'objects.list' }) }) }
  if (action !== undefined) return { bucket, key: name, operation: 'unknown' }
  return { bucket, key: name, operation: objectOperation(request, face) }
}

function pick(request: LabRequest, operations: { readonly [method: string]: string }): string {
  return operations[request.method] ?? 'unknown'
}

function iamOperation(request: LabRequest, name: string | undefined): string {
  if (name === undefined) return pick(request, { GET: 'buckets.getIamPolicy', PUT: 'buckets.setIamPolicy' })
  return name === 'testPermissions' ? pick(request, { GET: 'buckets.testIamPermissions' }) : 'unknown'
}

function objectOperation(request: LabRequest, face: string | undefined): string {
  const isMedia = face === 'download' || queryValue(request, 'alt') === 'media'
  return pick(request, { GET: isMedia ? 'objects.download' : 'objects.get', DELETE: 'objects.delete', PATCH: 'objects.patch' })
}

function uploadTarget(request: LabRequest): { readonly operation: string; readonly key?: string } {
  const name = queryValue(request, 'name')
  const key = name === undefined ? {} : { key: name }
  if (queryValue(request, 'uploadType') !== 'resumable') return { ...key, operation: pick(request, { POST: 'objects.insert' }) }
  const isOpen = queryValue(request, 'upload_id') !== undefined
  if (!isOpen) return { ...key, operation: pick(request, { POST: 'resumable.start' }) }
  return { ...key, operation: pick(request, { PUT: 'resumable.put', POST: 'resumable.put', DELETE: 'resumable.cancel' }) }
}
