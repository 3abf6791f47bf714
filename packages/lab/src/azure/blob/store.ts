import { createHash } from 'node:crypto'
import { memoryContent, type Content } from '../../http/content.ts'
import { AzureError } from '../error.ts'
import { inheritAccess } from '../state/path-access.ts'
import { newEtag, newVersionId } from '../state/state.ts'
import type { AzureState, Block, Container, StorageAccount, StoredBlob } from '../state/types.ts'

/** What a writer says of a blob; the rest is the store's own. */
export interface BlobInput {
  readonly name: string
  readonly content: Content
  readonly blocks?: readonly Block[]
  readonly headers: { readonly [name: string]: string }
  readonly metadata: { readonly [name: string]: string }
  readonly tier?: string
}

/** Puts a blob in place of what was there; with versioning that stays as an earlier version. Makes its directories where the account has some. */
export function storeBlob(state: AzureState, account: StorageAccount, container: Container, input: BlobInput): StoredBlob {
  demandMutable(state, container, container.blobs.current(input.name))
  if (account.hierarchical) makeParents(state, account, container, input.name)
  return put(state, account, container, { ...input, isDirectory: false })
}

function put(
  state: AzureState,
  account: StorageAccount,
  container: Container,
  input: BlobInput & { readonly isDirectory: boolean },
): StoredBlob {
  const { blobs, uncommitted } = container
  const before = blobs.current(input.name)
  const now = state.clock.now()
  const blob: StoredBlob = {
    blocks: [],
    tier: 'Hot',
    ...input,
    versionId: newVersionId(state),
    etag: newEtag(state),
    createdAt: before?.createdAt ?? now,
    lastModified: now,
  }
  const earlier = before && account.versioning ? [before, ...blobs.previous(input.name)] : blobs.previous(input.name)
  blobs.set(input.name, blob, earlier)
  if (account.hierarchical && before === undefined) inheritAccess(container, input.name, input.isDirectory)
  uncommitted.delete(input.name)
  return blob
}

function makeParents(state: AzureState, account: StorageAccount, container: Container, name: string): void {
  const segments = name.split('/')
  for (let depth = 1; depth < segments.length; depth++) {
    const path = segments.slice(0, depth).join('/')
    const existing = container.blobs.current(path)
    if (existing && !existing.isDirectory)
      throw new AzureError(409, 'ResourceTypeMismatch', 'The specified resource does not match the type of the existing resource.')
    if (!existing) put(state, account, container, { name: path, isDirectory: true, content: EMPTY, headers: {}, metadata: {} })
  }
}

/** Changes what is said about a blob and leaves its bytes. */
export function changeBlob(
  state: AzureState,
  account: StorageAccount,
  container: Container,
  blob: StoredBlob,
  change: Partial<Pick<StoredBlob, 'headers' | 'metadata'>>,
): StoredBlob {
  demandMutable(state, container, blob)
  const { name, content, blocks, tier, isDirectory } = blob
  // New metadata makes a new version, new properties do not. https://learn.microsoft.com/azure/storage/blobs/versioning-overview
  if (change.metadata)
    return put(state, account, container, {
      name,
      content,
      blocks,
      tier,
      isDirectory,
      headers: blob.headers,
      ...change,
      metadata: change.metadata,
    })
  const changed = { ...blob, ...change, etag: newEtag(state), lastModified: state.clock.now() }
  container.blobs.set(name, changed, container.blobs.previous(name))
  return changed
}

/** Removes a blob, or one version of it for good. Gives whether there was such a one. */
export function removeBlob(state: AzureState, account: StorageAccount, container: Container, name: string, versionId?: string): boolean {
  const { blobs } = container
  const current = blobs.current(name)
  const previous = blobs.previous(name)
  const found = versionId === undefined ? current : blobs.version(name, versionId)
  if (found === undefined) return false
  demandMutable(state, container, found)
  if (versionId !== undefined && found !== current) {
    blobs.set(
      name,
      current,
      previous.filter((blob) => blob !== found),
    )
    return true
  }
  if (found.isDirectory && blobs.sortedNames().some((other) => other.startsWith(`${name}/`)))
    throw new AzureError(409, 'DirectoryIsNotEmpty', 'This operation is not permitted on a non-empty directory.')
  blobs.set(name, undefined, account.versioning && !found.isDirectory ? [found, ...previous] : previous)
  container.uncommitted.delete(name)
  container.acls.delete(name)
  return true
}

/** Refuses to change what a policy keeps as it is. */
function demandMutable(state: AzureState, { immutable }: Container, existing: StoredBlob | undefined): void {
  if (existing === undefined || immutable === undefined) return
  if (immutable.legalHold)
    throw new AzureError(
      409,
      'BlobImmutableDueToLegalHold',
      'This operation is not permitted as the blob is immutable due to one or more legal holds.',
    )
  if (immutable.until !== undefined && immutable.until > state.clock.now())
    throw new AzureError(409, 'BlobImmutableDueToPolicy', 'This operation is not permitted as the blob is immutable due to a policy.')
}

/** Content-MD5 of bytes in memory. */
export function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64')
}

const EMPTY: Content = memoryContent()
