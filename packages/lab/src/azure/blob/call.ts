import type { Answer } from '../../http/answer.ts'
import type { CloudCall } from '../../http/cloud.ts'
import type { LabRequest } from '../../http/request.ts'
import type { BlobCaller } from '../auth/caller.ts'
import { containerNotFound } from '../error.ts'
import type { AzureState, Container, StorageAccount } from '../state/types.ts'
import type { BlobTarget } from './route.ts'

/** A request to Blob Storage whose account there is. */
export interface BlobRequest extends CloudCall {
  readonly state: AzureState
  readonly account: StorageAccount
  readonly target: BlobTarget
}

/** A request whose caller was found to be allowed. */
export interface BlobCall extends BlobRequest {
  readonly caller: BlobCaller
}

export type BlobHandler = (call: BlobCall) => Promise<Answer>

/** The container a request names. */
export function containerOf({ account, target }: Pick<BlobRequest, 'account' | 'target'>): Container {
  const container = account.containers.get(target.container ?? '')
  if (!container) throw containerNotFound()
  return container
}

/** The version of the service that a request asks for; '' where it does not say. A SAS says it where the header does not. */
export function versionOf(request: LabRequest): string {
  return request.headers.get('x-ms-version') ?? request.query.find(([name]) => name === 'sv')?.[1] ?? ''
}

/** Metadata of a request. Azure keeps the case of names; header names have none here. */
export function metadataOf(request: LabRequest): { readonly [name: string]: string } {
  const prefix = 'x-ms-meta-'
  return Object.fromEntries(
    [...request.headers].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]),
  )
}

export function metadataHeaders(metadata: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-ms-meta-${name}`, value]))
}
