import type { BlobOperation } from '@sluice/core'
import { percentDecode, queryValue, type LabRequest } from '../../http/request.ts'

/** What a request to Blob Storage is about. */
export interface BlobTarget {
  readonly account: string
  /** As the lab's log names it; one that the lab has is `known`. */
  readonly operation: string
  readonly known?: BlobOperation
  readonly container?: string
  readonly blob?: string
}

const HOST = /^([a-z0-9]{3,24})(?:-secondary)?\.blob\.core\.windows\.net$/

/** Reads account, container, blob and operation from a request; undefined for a host that is no account's. */
export function routeBlob(request: LabRequest): BlobTarget | undefined {
  const account = HOST.exec(request.host)?.[1]
  if (account === undefined) return undefined
  const path = percentDecode(request.rawPath.slice(1)) ?? ''
  const slash = path.indexOf('/')
  const first = slash < 0 ? path : path.slice(0, slash)
  const rest = slash < 0 ? '' : path.slice(slash + 1)
  if (queryValue(request, 'restype') === 'account') return named(account, 'GetAccountInformation', place(first, rest))
  if (first === '') return named(account, serviceOperation(request))
  // A name without a container in front lies in the root container.
  if (rest === '' && queryValue(request, 'restype') !== 'container')
    return named(account, blobOperation(request), { container: '$root', blob: first })
  if (rest === '') return named(account, containerOperation(request), { container: first })
  return named(account, blobOperation(request), { container: first, blob: rest })
}

function place(container: string, blob: string): { readonly container?: string; readonly blob?: string } {
  return { ...(container === '' ? {} : { container }), ...(blob === '' ? {} : { blob }) }
}

function named(account: string, operation: string, where: { readonly container?: string; readonly blob?: string } = {}): BlobTarget {
  const known = KNOWN.find((name) => name === operation)
  return { account, operation, ...(known === undefined ? {} : { known }), ...where }
}

const KNOWN: readonly BlobOperation[] = [
  'ListContainers',
  'GetUserDelegationKey',
  'GetAccountInformation',
  'CreateContainer',
  'DeleteContainer',
  'GetContainerProperties',
  'GetContainerAcl',
  'SetContainerAcl',
  'ListBlobs',
  'GetBlob',
  'GetBlobProperties',
  'GetBlockList',
  'PutBlob',
  'PutBlock',
  'PutBlockList',
  'SetBlobMetadata',
  'SetBlobProperties',
  'DeleteBlob',
]

function serviceOperation(request: LabRequest): string {
  const component = queryValue(request, 'comp') ?? ''
  if (request.method === 'GET' && component === 'list') return 'ListContainers'
  if (request.method === 'POST' && component === 'userdelegationkey') return 'GetUserDelegationKey'
  return `${request.method} ${component === '' ? '/' : component}`
}

function containerOperation(request: LabRequest): string {
  const component = queryValue(request, 'comp') ?? ''
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (component === 'list' && request.method === 'GET') return 'ListBlobs'
  if (component === 'acl') return reads ? 'GetContainerAcl' : 'SetContainerAcl'
  if (component !== '' && component !== 'metadata') return `${request.method} container ${component}`
  if (reads) return 'GetContainerProperties'
  if (component === 'metadata') return 'SetContainerMetadata'
  return request.method === 'PUT' ? 'CreateContainer' : `${TITLES[request.method] ?? request.method}Container`
}

const TITLES: { readonly [method: string]: string } = { DELETE: 'Delete', POST: 'Post' }

const BLOB_COMPONENTS: { readonly [component: string]: { readonly reads: string; readonly writes: string } } = {
  '': { reads: 'GetBlob', writes: 'PutBlob' },
  block: { reads: 'GetBlock', writes: 'PutBlock' },
  blocklist: { reads: 'GetBlockList', writes: 'PutBlockList' },
  metadata: { reads: 'GetBlobProperties', writes: 'SetBlobMetadata' },
  properties: { reads: 'GetBlobProperties', writes: 'SetBlobProperties' },
}

function blobOperation(request: LabRequest): string {
  const component = queryValue(request, 'comp') ?? ''
  if (request.method === 'HEAD') return 'GetBlobProperties'
  if (request.method === 'DELETE' && component === '') return 'DeleteBlob'
  const names = BLOB_COMPONENTS[component]
  if (names === undefined) return `${request.method} blob ${component}`
  if (request.method === 'GET') return names.reads
  if (request.method !== 'PUT') return `${request.method} blob`
  if (request.headers.has('x-ms-copy-source')) return component === 'block' ? 'PutBlockFromUrl' : 'CopyBlob'
  return names.writes
}
